using AlignT2I.Models.Tests.StableDiffusion;
using AlignT2I.Testing;

[assembly: ChildTestRun]

namespace AlignT2I.Models.Tests.Parity;

/// <summary>Recordings on the kernels of processors with less than this one has.</summary>
internal sealed class InstructionSetTests
{
    [TestCase("AVX512")]
    [TestCase("AVX2")]
    [TestCase("HWIntrinsic")]
    public void Small_recordings_match_without(string instructions) =>
        Run(instructions, $"FullyQualifiedName~{nameof(GoldenTests.The_engine_matches_the_recording)}&Name~tiny-d");

    [TestCase("AVX512")]
    [TestCase("AVX2")]
    [TestCase("HWIntrinsic")]
    [Category("Slow")]
    public void Recordings_match_without(string instructions) =>
        Run(instructions, $"FullyQualifiedName~{nameof(GoldenTests)}&FullyQualifiedName!~Cuda");

    static void Run(string instructions, string filter) => Assert.That(
        ChildTestRunAttribute.Run(typeof(InstructionSetTests).Assembly.Location, filter, ($"DOTNET_Enable{instructions}", "0")), Is.Null);
}
