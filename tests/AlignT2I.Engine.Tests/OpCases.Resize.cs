namespace AlignT2I.Engine.Tests;

public static partial class OpCases
{
    static OpCase[] Resize =>
    [
        new(typeof(UpsampleNearest2xOp), "odd image", [[2, 3, 5, 7]], t => F.UpsampleNearest2x(t[0])),
        new(typeof(UpsampleNearest2xOp), "one channel", [[2, 5, 3, 1]], t => F.UpsampleNearest2x(t[0])),
        new(typeof(AvgPool2dOp), "disjoint", [[2, 6, 4, 3]], t => F.AvgPool2d(t[0], 2, 2)),
        new(typeof(AvgPool2dOp), "overlapping, padded", [[2, 5, 7, 3]], t => F.AvgPool2d(t[0], 3, 2, 1)),
        new(typeof(AvgPool2dOp), "padding not counted", [[2, 5, 4, 9]], t => F.AvgPool2d(t[0], 3, 1, 1, countIncludePad: false)),
        new(typeof(MaxPool2dOp), "disjoint, a rest left out", [[2, 5, 7, 3]], t => F.MaxPool2d(t[0], 2, 2)),
        new(typeof(MaxPool2dOp), "overlapping, padded", [[3, 5, 4, 5]], t => F.MaxPool2d(t[0], 3, 2, 1)),
        new(typeof(ResizeBilinearOp), "larger", [[2, 3, 4, 5]], t => F.ResizeBilinear(t[0], 7, 5)),
        new(typeof(ResizeBilinearOp), "smaller", [[2, 7, 9, 3]], t => F.ResizeBilinear(t[0], 3, 4)),
        new(typeof(ResizeBilinearOp), "one pixel", [[2, 1, 1, 3]], t => F.ResizeBilinear(t[0], 3, 2)),
    ];
}
