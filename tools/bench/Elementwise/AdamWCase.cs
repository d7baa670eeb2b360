using AlignT2I.Engine;

namespace AlignT2I.Bench.Elementwise;

/// <summary>A step of AdamW: four arrays read and three written.</summary>
internal sealed class AdamWCase : BenchCase
{
    const double Rate = 1e-3;
    const int Parts = 10;

    readonly Parameter[] parameters;
    readonly AdamW optimizer;
    int steps;

    /// <param name="name">The case.</param>
    /// <param name="count">Parameters, in ten tensors. Each is 1, and so is its gradient.</param>
    public AdamWCase(string name, int count)
    {
        (Name, Bytes) = (name, 28.0 * count);
        Shape shape = [count / Parts];
        parameters = [.. Enumerable.Range(0, Parts).Select(i =>
            new Parameter($"{i}", Tensor.Full(shape, DType.F32, Backend.Cpu, 1).Persist(), ParameterLayout.AsInFile))];
        optimizer = new AdamW(parameters, weightDecay: 0);
        foreach (Parameter parameter in parameters)
        {
            using MemoryScope scope = MemoryScope.Open();
            using Tape tape = Tape.Open();
            parameter.Value.RequiresGrad = true;
            tape.Backward(F.Affine(parameter.Value, 1, 0), Tensor.Full(shape, DType.F32, Backend.Cpu, 1));
        }
    }

    public override string Name { get; }

    public override int Batch => 1;

    public override double Gflop => 0;

    public override double Bytes { get; }

    public override void Run()
    {
        optimizer.Step(Rate);
        steps++;
    }

    /// <summary>Where the gradient stays 1 both moments, corrected, are 1, and each step is the rate.</summary>
    public override bool Check() => parameters.All(p =>
        Math.Abs(p.Value.AsSpan<float>()[0] - (1 - steps * Rate)) < 1e-6 * steps
        && !p.Value.AsSpan<float>().ContainsAnyExcept(p.Value.AsSpan<float>()[0]));

    public override void Dispose()
    {
        optimizer.Dispose();
        foreach (Parameter parameter in parameters) parameter.Value.Dispose();
    }
}
