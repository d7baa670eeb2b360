using AlignT2I.Engine;

namespace AlignT2I.Bench;

/// <summary>An operation's case: runs it on its tensors, forward and, where the case trains, backward.</summary>
internal abstract class OpRun : BenchCase
{
    readonly OpCase c;
    readonly Tensor dy;
    readonly Tensor[] inputs;

    /// <param name="c">The case.</param>
    /// <param name="dy">Gradient of the result.</param>
    /// <param name="inputs">What the operation reads; they get gradients where the case trains.</param>
    protected OpRun(OpCase c, Tensor dy, params Tensor[] inputs)
    {
        (this.c, this.dy, this.inputs) = (c, dy, inputs);
        foreach (Tensor input in inputs)
            input.RequiresGrad = c.Train;
    }

    public override string Name => c.Name;

    public override string Mode => c.Train ? "train" : "forward";

    public override int Batch => c.N;

    public override double Gflop => c.Gflop;

    /// <summary>What the last run left; null before the first.</summary>
    protected Tensor? Result { get; private set; }

    /// <summary>Once forward, and backward where the case trains.</summary>
    public override void Run()
    {
        foreach (Tensor input in inputs)
            input.ClearGrad();
        Result?.Dispose();
        using MemoryScope scope = MemoryScope.Open();
        if (!c.Train)
        {
            Result = Forward().Persist();
            return;
        }
        using Tape tape = Tape.Open();
        Result = Forward().Persist();
        tape.Backward(Result, dy);
    }

    public override void Dispose()
    {
        foreach (Tensor input in inputs)
            input.Dispose();
        dy.Dispose();
        Result?.Dispose();
    }

    protected abstract Tensor Forward();

    /// <summary>Random values of half of <paramref name="width"/> at most, either sign.</summary>
    protected static Tensor Values(Shape shape, int seed, float width = 1)
    {
        var random = new Random(seed);
        var values = new float[shape.Count];
        for (int i = 0; i < values.Length; i++) values[i] = width * (random.NextSingle() - 0.5f);
        return Tensor.From(values, shape).Persist();
    }
}
