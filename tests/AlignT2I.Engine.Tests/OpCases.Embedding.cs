namespace AlignT2I.Engine.Tests;

public static partial class OpCases
{
    static OpCase[] Embedding =>
    [
        new(typeof(EmbeddingOp), "repeated ids", [[5, 7]], t => F.Embedding(Tensor.From([4, 0, 4, 1, 1, 4], [2, 3], t[0].Backend), t[0])),
        new(typeof(GatherOp), "one step each", [[3, 5, 7]], t => F.Gather(t[0], Tensor.From([4, 0, 2], [3], t[0].Backend))),
    ];
}
