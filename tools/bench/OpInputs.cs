using AlignT2I.Engine;

namespace AlignT2I.Bench;

/// <summary>The tensors of a case: runs it, and compares entries of what it left with sums in float64.</summary>
internal sealed class OpInputs : OpRun
{
    const int Samples = 64;

    /// <summary>Error allowed, as a part of the sum of the terms' magnitudes: float32 sums in blocks stay within a tenth of it.</summary>
    const double Tolerance = 1e-5;

    readonly OpCase c;
    readonly OpReference reference;
    readonly Tensor x, weight;

    OpInputs(OpCase c, Tensor x, Tensor weight, Tensor dy)
        : base(c, dy, x, weight)
    {
        (this.c, this.x, this.weight) = (c, x, weight);
        reference = new OpReference(c, x.ToArray<float>(), weight.ToArray<float>(), dy.ToArray<float>());
    }

    public static OpInputs Of(OpCase c)
    {
        bool image = c.Kind == OpKind.Conv2d;
        return new OpInputs(
            c,
            Values(image ? [c.N, c.H, c.W, c.C] : [c.N, c.C], seed: 1),
            Values(image ? [c.O, c.Kernel, c.Kernel, c.C] : c.Kind == OpKind.Linear ? [c.O, c.C] : [c.C, c.O], seed: 2),
            Values(image ? [c.N, c.Result.H, c.Result.W, c.O] : [c.N, c.O], seed: 3));
    }

    /// <summary>Whether a sample of the last run's results is right.</summary>
    public override bool Check() =>
        Matches(Result!, reference.Output)
        && (!c.Train || (Matches(x.Grad!, reference.InputGradient) && Matches(weight.Grad!, reference.WeightGradient)));

    protected override Tensor Forward() => c.Kind switch
    {
        OpKind.MatMul => F.MatMul(x, weight),
        OpKind.Linear => F.Linear(x, weight),
        _ => F.Conv2d(x, weight, stride: c.Stride, padding: c.Kernel / 2),
    };

    static bool Matches(Tensor found, Func<long, (double Sum, double Magnitude)> expected)
    {
        var random = new Random(4);
        float[] values = found.ToArray<float>();
        for (int i = 0; i < Samples; i++)
        {
            long index = random.NextInt64(values.Length);
            (double sum, double magnitude) = expected(index);
            if (!(Math.Abs(values[index] - sum) <= Tolerance * magnitude)) return false;
        }
        return true;
    }
}
