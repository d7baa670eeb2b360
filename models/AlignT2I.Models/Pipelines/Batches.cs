using AlignT2I.Engine;

namespace AlignT2I.Models.Pipelines;

/// <summary>Batches put together along their first axis.</summary>
internal static class Batches
{
    /// <summary>One batch behind the other: [N, ...] and [M, ...] to [N + M, ...].</summary>
    public static Tensor Stack(Tensor a, Tensor b)
    {
        Tensor both = F.Concat(a.Reshape([(int)a.Count]), b.Reshape([(int)b.Count]));
        int[] shape = [.. a.Shape];
        shape[0] += b.Shape[0];
        return both.Reshape(shape);
    }

    /// <summary>One sample [1, S, D] as often as wanted: [n, S, D].</summary>
    public static Tensor Repeat(Tensor one, int n)
    {
        Tensor zeros = Tensor.Zeros([n, one.Shape[1], one.Shape[2]], one.DType, one.Backend);
        return F.AddTrailing(zeros, one.Reshape([one.Shape[1], one.Shape[2]]));
    }
}
