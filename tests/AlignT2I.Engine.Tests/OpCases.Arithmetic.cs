namespace AlignT2I.Engine.Tests;

public static partial class OpCases
{
    static OpCase[] Arithmetic =>
    [
        new(typeof(AddOp), "odd count", [[2, 3, 7], [2, 3, 7]], t => F.Add(t[0], t[1])),
        new(typeof(AddOp), "with itself", [[5, 3]], t => F.Add(t[0], t[0])),
        new(typeof(SubOp), "odd count", [[3, 5], [3, 5]], t => F.Sub(t[0], t[1])),
        new(typeof(SubOp), "second needs a gradient", [[3, 5]], t => F.Sub(Tensor.Full([3, 5], t[0].DType, t[0].Backend, 2), t[0])),
        new(typeof(MulOp), "odd count", [[3, 5, 3], [3, 5, 3]], t => F.Mul(t[0], t[1])),
        new(typeof(MulOp), "square", [[19]], t => F.Mul(t[0], t[0])),
        new(typeof(DivOp), "odd count", [[2, 11], [2, 11]], t => F.Div(t[0], t[1])) { AwayFromZero = 0.5 },
        new(typeof(DivOp), "reciprocal", [[7]], t => F.Div(Tensor.Full([7], t[0].DType, t[0].Backend, 3), t[0])) { AwayFromZero = 0.5 },
        new(typeof(AffineOp), "multiply and add", [[3, 7]], t => F.Affine(t[0], -2.5, 0.75)),
        new(typeof(AffineOp), "scalar, multiply", [[]], t => F.Affine(t[0], 3)),
        new(typeof(AddBroadcastOp), "per channel", [[2, 3, 5, 7], [7]], t => F.AddPerChannel(t[0], t[1])),
        new(typeof(AddBroadcastOp), "per channel and image", [[3, 2, 5, 11], [3, 11]], t => F.AddPerChannel(t[0], t[1])),
        new(typeof(AddBroadcastOp), "per channel of a vector", [[7], [7]], t => F.AddPerChannel(t[0], t[1])),
        new(typeof(AddBroadcastOp), "position embedding", [[3, 5, 7], [5, 7]], t => F.AddTrailing(t[0], t[1])),
        new(typeof(MulPerSampleOp), "odd sizes", [[3, 5, 7], [3]], t => F.MulPerSample(t[0], t[1])),
        new(typeof(ScaleShiftOp), "image", [[2, 3, 5, 9], [2, 9], [2, 9]], t => F.ScaleShift(t[0], t[1], t[2])),
        new(typeof(ScaleShiftOp), "no pixels between", [[5, 3], [5, 3], [5, 3]], t => F.ScaleShift(t[0], t[1], t[2])),
        new(typeof(CastOp), "to the accumulator type", [[3, 7]], t => F.Cast(t[0], t[0].DType.Accumulator)),
    ];
}
