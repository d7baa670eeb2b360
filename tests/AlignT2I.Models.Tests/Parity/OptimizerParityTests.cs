using AlignT2I.Testing;

namespace AlignT2I.Models.Tests.Parity;

internal sealed class OptimizerParityTests
{
    [TestCase("optim/adamw-b-cosine")]
    [TestCase("optim/adam-l2-constant")]
    [TestCase("optim/sgd-nesterov-cosine")]
    [TestCase("optim/lr-lambdas")]
    public void The_engine_matches_the_recording(string name) => Golden.Check(name);
}
