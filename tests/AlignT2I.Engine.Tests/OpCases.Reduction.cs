namespace AlignT2I.Engine.Tests;

public static partial class OpCases
{
    static OpCase[] Reduction =>
    [
        new(typeof(SumOp), "all", [[3, 5, 7]], t => F.Sum(t[0])),
        new(typeof(SumOp), "mean of all", [[2, 3, 5]], t => F.Mean(t[0])),
        new(typeof(SumOp), "last axis", [[2, 3, 19]], t => F.SumLast(t[0])),
        new(typeof(SumOp), "mean of the last axis", [[5, 17]], t => F.MeanLast(t[0])),
        new(typeof(SumOp), "of a vector", [[9]], t => F.SumLast(t[0])),
        new(typeof(L2NormalizeOp), "odd rows", [[2, 3, 11]], t => F.L2Normalize(t[0])),
        new(typeof(L2NormalizeOp), "norm below eps", [[3, 5]], t => F.L2Normalize(t[0], eps: 10)),
    ];
}
