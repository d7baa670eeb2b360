using AlignT2I.Engine;

namespace AlignT2I.Bench.Elementwise;

/// <summary>Result or gradient at one index, in float64 from the definition; inputs are the operation's, then dy.</summary>
internal delegate double Reference(float[][] inputs, long index);

/// <summary>An operation whose time is that of its memory: runs it, and compares entries of what it left with the definition.</summary>
internal sealed class ElementwiseCase : BenchCase
{
    const int Samples = 64;

    /// <summary>Error allowed, as a part of the largest of 1 and the value.</summary>
    const double Tolerance = 1e-5;

    readonly Func<Tensor[], Tensor> forward;
    readonly Reference output;
    readonly Reference? gradient;
    readonly Tensor[] inputs;
    readonly Tensor? dy;
    readonly float[][] values;
    Tensor? y;

    /// <param name="name">The case.</param>
    /// <param name="bytes">What must be read and written.</param>
    /// <param name="shapes">Of the inputs.</param>
    /// <param name="forward">The operation.</param>
    /// <param name="output">Its definition.</param>
    /// <param name="gradient">Definition of the gradient of the first input; where given the case trains.</param>
    public ElementwiseCase(
        string name, double bytes, Shape[] shapes, Func<Tensor[], Tensor> forward, Reference output, Reference? gradient = null)
    {
        (Name, Bytes, this.forward, this.output, this.gradient) = (name, bytes, forward, output, gradient);
        inputs = [.. shapes.Select((shape, i) => Values(shape, (ulong)i + 1))];
        if (gradient is not null)
        {
            using MemoryScope scope = MemoryScope.Open();
            dy = Values(forward(inputs).Shape, 9);
            foreach (Tensor input in inputs) input.RequiresGrad = true;
        }
        values = [.. inputs.Append(dy).OfType<Tensor>().Select(t => t.ToArray<float>())];
    }

    public override string Name { get; }

    public override string Mode => dy is null ? "forward" : "train";

    public override int Batch => 1;

    public override double Gflop => 0;

    public override double Bytes { get; }

    /// <summary>Once forward, and backward where the case trains.</summary>
    public override void Run()
    {
        foreach (Tensor input in inputs) input.ClearGrad();
        y?.Dispose();
        using MemoryScope scope = MemoryScope.Open();
        using Tape tape = dy is null ? Tape.Pause() : Tape.Open();
        y = forward(inputs).Persist();
        if (dy is not null) tape.Backward(y, dy);
    }

    /// <summary>Whether a sample of the last run's results is right.</summary>
    public override bool Check() => Matches(y!, output) && (gradient is null || Matches(inputs[0].Grad!, gradient));

    public override void Dispose()
    {
        foreach (Tensor? tensor in inputs.Append(dy).Append(y)) tensor?.Dispose();
    }

    bool Matches(Tensor found, Reference expected)
    {
        var random = new Random(4);
        ReadOnlySpan<float> entries = found.AsSpan<float>();
        for (int i = 0; i < Samples; i++)
        {
            int index = random.Next(entries.Length);
            double value = expected(values, index);
            if (!(Math.Abs(entries[index] - value) <= Tolerance * Math.Max(1, Math.Abs(value)))) return false;
        }
        return true;
    }

    static Tensor Values(Shape shape, ulong seed)
    {
        float[] values = new float[shape.Count];
        new Philox(seed).Normal(values);
        return Tensor.From(values, shape).Persist();
    }
}
