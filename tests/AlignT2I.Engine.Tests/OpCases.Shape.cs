namespace AlignT2I.Engine.Tests;

public static partial class OpCases
{
    static OpCase[] Shapes =>
    [
        new(typeof(ConcatOp), "three", [[2, 3, 1], [2, 3, 5], [2, 3, 3]], t => F.Concat(t)),
        new(typeof(ConcatOp), "one with itself", [[3, 5]], t => F.Concat(t[0], t[0])),
        new(typeof(ConcatOp), "one without gradient", [[3, 5]], t => F.Concat(Tensor.Zeros([3, 2], t[0].DType, t[0].Backend), t[0])),
        new(typeof(SplitOp), "every part used", [[2, 3, 9]], t =>
        {
            Tensor[] parts = F.Split(t[0], 3, 5, 1);
            return F.Concat(F.Mul(parts[1], parts[1]), parts[2], parts[0]);
        }),
        new(typeof(SplitOp), "one part unused", [[3, 7]], t => F.Split(t[0], 2, 4, 1)[1]),
        new(typeof(SliceLastOp), "middle", [[2, 3, 7]], t => F.SliceLast(t[0], 2, 3)),
    ];
}
