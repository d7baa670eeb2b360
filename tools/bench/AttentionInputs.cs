using AlignT2I.Engine;

namespace AlignT2I.Bench;

/// <summary>The tensors of an attention case: runs it, and compares entries of one head with float64.</summary>
internal sealed class AttentionInputs : BenchCase
{
    const int Samples = 16;

    /// <summary>Error allowed, as a part of the sum of the terms' magnitudes.</summary>
    const double Tolerance = 1e-5;

    readonly OpCase c;
    readonly Tensor q, k, v, dy;
    Tensor? y;

    public AttentionInputs(OpCase c)
    {
        this.c = c;
        Shape queries = [c.N, c.H, c.O * c.C], keys = [c.N, c.W, c.O * c.C];
        (q, k, v, dy) = (Values(queries, seed: 1), Values(keys, seed: 2), Values(keys, seed: 3), Values(queries, seed: 4));
        q.RequiresGrad = k.RequiresGrad = v.RequiresGrad = c.Train;
    }

    public override string Name => c.Name;

    public override string Mode => c.Train ? "train" : "forward";

    public override int Batch => c.N;

    public override double Gflop => c.Gflop;

    /// <summary>Once forward, and backward where the case trains.</summary>
    public override void Run()
    {
        q.ClearGrad();
        k.ClearGrad();
        v.ClearGrad();
        y?.Dispose();
        using MemoryScope scope = MemoryScope.Open();
        if (!c.Train)
        {
            y = Forward().Persist();
            return;
        }
        using Tape tape = Tape.Open();
        y = Forward().Persist();
        tape.Backward(y, dy);
    }

    /// <summary>Whether a sample of the last head's entries is right.</summary>
    public override bool Check()
    {
        var reference = new AttentionReference(c, Head(q), Head(k), Head(v), Head(dy));
        double[] found = Head(y!);
        bool right = Matches(found, c.H, reference.Output);
        if (!c.Train)
            return right;
        return right && Matches(Head(q.Grad!), c.H, reference.QueryGradient)
            && Matches(Head(k.Grad!), c.W, reference.KeyGradient) && Matches(Head(v.Grad!), c.W, reference.ValueGradient);
    }

    public override void Dispose()
    {
        q.Dispose();
        k.Dispose();
        v.Dispose();
        dy.Dispose();
        y?.Dispose();
    }

    Tensor Forward() => F.ScaledDotProductAttention(q, k, v, c.O, c.Causal);

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

    /// <summary>Between -2 and 2: scores with a standard deviation of 1.3, a softmax far from flat.</summary>
    static Tensor Values(Shape shape, int seed)
    {
        var random = new Random(seed);
        var values = new float[shape.Count];
        for (int i = 0; i < values.Length; i++) values[i] = 4 * random.NextSingle() - 2;
        return Tensor.From(values, shape).Persist();
    }
}
