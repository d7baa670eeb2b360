using System.Runtime.CompilerServices;

namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>Mean over square windows.</summary>
    /// <param name="x">Feature map [N, H, W, C].</param>
    /// <param name="kernel">Side of the window, in pixels.</param>
    /// <param name="stride">Distance between windows.</param>
    /// <param name="padding">Zeros on every side; at most half of <paramref name="kernel"/>.</param>
    /// <param name="countIncludePad">Whether the padding counts in the divisor: PyTorch's default; not so in the FID Inception.</param>
    /// <returns>[N, (H + 2 padding - kernel) / stride + 1, the same of W, C].</returns>
    /// <exception cref="ShapeException">Not four dimensions, or a window that does not fit.</exception>
    public static Tensor AvgPool2d(Tensor x, int kernel, int stride, int padding = 0, bool countIncludePad = true)
    {
        Tensor y = Tensor.Empty(PooledShape(x, kernel, stride, padding), x.DType, x.Backend);
        x.Backend.AvgPool2d(x, kernel, stride, padding, countIncludePad, y);
        if (Tape.Records(x))
            Tape.Push(new AvgPool2dOp(x, kernel, stride, padding, countIncludePad), y);
        return y;
    }

    static Shape PooledShape(Tensor x, int kernel, int stride, int padding, [CallerMemberName] string op = "")
    {
        Require.Rank(x, 4, op: op);
        Require.That(
            kernel > 0 && stride > 0 && padding >= 0 && 2 * padding <= kernel,
            $"kernel = {kernel}, stride = {stride}, padding = {padding}; two are positive, padding is at most half the kernel", op);
        int h = x.Shape[1] + 2 * padding - kernel, w = x.Shape[2] + 2 * padding - kernel;
        Require.That(h >= 0 && w >= 0, $"a window of {kernel} with padding {padding} does not fit in x of shape {x.Shape}", op);
        return [x.Shape[0], h / stride + 1, w / stride + 1, x.Shape[3]];
    }
}

internal sealed class AvgPool2dOp(Tensor x, int kernel, int stride, int padding, bool countIncludePad) : Op(x)
{
    readonly Shape shape = x.Shape;

    /// <summary>dx = the sum of dy / divisor over the windows that saw the pixel.</summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor dx = Tensor.Empty(shape, dy.DType, dy.Backend);
        dy.Backend.AvgPool2dBackward(dy, kernel, stride, padding, countIncludePad, dx);
        return [dx];
    }
}
