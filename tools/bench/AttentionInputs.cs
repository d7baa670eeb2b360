using AlignT2I.Engine;

namespace AlignT2I.Bench;

/// <summary>The tensors of an attention case: runs it, and compares entries of one head with float64.</summary>
internal sealed class AttentionInputs : OpRun
{
    const int Samples = 16;

    /// <summary>Values between -2 and 2 give scores of a standard deviation of 1.3: a softmax far from flat.</summary>
    const float Width = 4;

    /// <summary>Error allowed, as a part of the sum of the terms' magnitudes.</summary>
    const double Tolerance = 1e-5;

    readonly OpCase c;
    readonly Tensor q, k, v, dy;

    AttentionInputs(OpCase c, Tensor q, Tensor k, Tensor v, Tensor dy)
        : base(c, dy, q, k, v) => (this.c, this.q, this.k, this.v, this.dy) = (c, q, k, v, dy);

    public static AttentionInputs Of(OpCase c)
    {
        Shape queries = [c.N, c.H, c.O * c.C], keys = [c.N, c.W, c.O * c.C];
        return new AttentionInputs(
            c, Values(queries, seed: 1, Width), Values(keys, seed: 2, Width), Values(keys, seed: 3, Width),
            Values(queries, seed: 4, Width));
    }

    /// <summary>Whether a sample of the last head's entries is right.</summary>
    public override bool Check()
    {
        var reference = new AttentionReference(c, Head(q), Head(k), Head(v), Head(dy));
        double[] found = Head(Result!);
        bool right = Matches(found, c.H, reference.Output);
        if (!c.Train)
            return right;
        return right && Matches(Head(q.Grad!), c.H, reference.QueryGradient)
            && Matches(Head(k.Grad!), c.W, reference.KeyGradient) && Matches(Head(v.Grad!), c.W, reference.ValueGradient);
    }

    protected override Tensor Forward() => F.ScaledDotProductAttention(q, k, v, c.O, c.Causal);

    /// <summary>The last head of the last image, [positions, head size].</summary>
    double[] Head(Tensor x)
    {
        float[] values = x.ToArray<float>();
        int stride = c.O * c.C, positions = x.Shape[1], first = (int)x.Count - positions * stride + stride - c.C;
        return [.. Enumerable.Range(0, positions * c.C).Select(i => (double)values[first + i / c.C * stride + i % c.C])];
    }

    bool Matches(double[] found, int positions, Func<int, int, (double Sum, double Magnitude)> expected)
    {
        var random = new Random(5);
        for (int i = 0; i < Samples; i++)
        {
            (int position, int column) = (random.Next(positions), random.Next(c.C));
            (double sum, double magnitude) = expected(position, column);
            if (!(Math.Abs(found[position * c.C + column] - sum) <= Tolerance * magnitude)) return false;
        }
        return true;
    }
}
