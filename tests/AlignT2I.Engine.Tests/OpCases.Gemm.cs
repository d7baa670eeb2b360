namespace AlignT2I.Engine.Tests;

public static partial class OpCases
{
    static OpCase[] Gemm =>
    [
        new(typeof(MatMulOp), "matrices", [[3, 7], [7, 5]], t => F.MatMul(t[0], t[1])),
        new(typeof(MatMulOp), "first transposed", [[7, 3], [7, 5]], t => F.MatMul(t[0], t[1], transposeA: true)),
        new(typeof(MatMulOp), "second transposed", [[3, 7], [5, 7]], t => F.MatMul(t[0], t[1], transposeB: true)),
        new(typeof(MatMulOp), "both transposed", [[7, 3], [5, 7]], t => F.MatMul(t[0], t[1], transposeA: true, transposeB: true)),
        new(typeof(MatMulOp), "batch", [[3, 5, 2], [3, 2, 9]], t => F.MatMul(t[0], t[1])),
        new(typeof(MatMulOp), "batch, both transposed", [[3, 2, 5], [3, 9, 2]],
            t => F.MatMul(t[0], t[1], transposeA: true, transposeB: true)),
        new(typeof(MatMulOp), "with itself", [[5, 3]], t => F.MatMul(t[0], t[0], transposeB: true)),
        new(typeof(LinearOp), "with bias", [[2, 3, 7], [5, 7], [5]], t => F.Linear(t[0], t[1], t[2])),
        new(typeof(LinearOp), "without bias", [[11, 3], [17, 3]], t => F.Linear(t[0], t[1])),
        new(typeof(LinearOp), "of a vector", [[7], [5, 7], [5]], t => F.Linear(t[0], t[1], t[2])),
        new(typeof(LinearOp), "with residual", [[2, 3, 7], [5, 7], [5], [2, 3, 5]], t => F.Linear(t[0], t[1], t[2], residual: t[3])),
        new(typeof(LinearOp), "added to its input", [[3, 5], [5, 5]], t => F.Linear(t[0], t[1], residual: t[0])),
        new(typeof(LinearOp), "with residual and activation", [[3, 7], [5, 7], [3, 5]],
            t => F.Linear(t[0], t[1], residual: t[2], activation: Engine.Activation.QuickGelu)),
        new(typeof(Conv2dOp), "3x3, padding 1", [[2, 5, 6, 3], [4, 3, 3, 3], [4]], t => F.Conv2d(t[0], t[1], t[2], padding: 1)),
        new(typeof(Conv2dOp), "1x1", [[2, 3, 5, 7], [9, 1, 1, 7]], t => F.Conv2d(t[0], t[1])),
        new(typeof(Conv2dOp), "stride 2, asymmetric padding", [[1, 6, 7, 2], [3, 3, 3, 2], [3]],
            t => F.Conv2d(t[0], t[1], t[2], stride: 2, padding: new Padding2d(0, 1, 0, 1))),
        new(typeof(Conv2dOp), "patches", [[2, 6, 9, 2], [5, 3, 3, 2]], t => F.Conv2d(t[0], t[1], stride: 3)),
        new(typeof(Conv2dOp), "with sample bias", [[2, 3, 4, 3], [5, 3, 3, 3], [5], [2, 5]],
            t => F.Conv2d(t[0], t[1], t[2], padding: 1, sampleBias: t[3])),
        new(typeof(Conv2dOp), "1x1, with sample bias and residual", [[3, 2, 3, 4], [7, 1, 1, 4], [3, 7], [3, 2, 3, 7]],
            t => F.Conv2d(t[0], t[1], sampleBias: t[2], residual: t[3])),
        new(typeof(Conv2dOp), "with all and activation", [[2, 5, 4, 3], [6, 3, 3, 3], [6], [2, 6], [2, 3, 2, 6]],
            t => F.Conv2d(t[0], t[1], t[2], stride: 2, padding: 1, t[3], t[4], Engine.Activation.Silu)),
        new(typeof(Conv2dOp), "kernel as large as the image", [[3, 4, 2, 3], [5, 4, 2, 3], [5]], t => F.Conv2d(t[0], t[1], t[2])),
    ];
}
