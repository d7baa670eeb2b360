namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>Largest value of square windows; the padding never wins.</summary>
    /// <param name="x">Feature map [N, H, W, C].</param>
    /// <param name="kernel">Side of the window, in pixels.</param>
    /// <param name="stride">Distance between windows.</param>
    /// <param name="padding">Pixels that the windows reach beyond every side; at most half of <paramref name="kernel"/>.</param>
    /// <returns>[N, (H + 2 padding - kernel) / stride + 1, the same of W, C].</returns>
    /// <exception cref="ShapeException">Not four dimensions, or a window that does not fit.</exception>
    public static Tensor MaxPool2d(Tensor x, int kernel, int stride, int padding = 0)
    {
        Tensor y = Tensor.Empty(PooledShape(x, kernel, stride, padding), x.DType, x.Backend);
        Tensor position = Tensor.Empty(y.Shape, DType.I32, x.Backend);
        x.Backend.MaxPool2d(x, kernel, stride, padding, y, position);
        if (Tape.Records(x))
            Tape.Push(new MaxPool2dOp(x, position, kernel, stride, padding), y);
        return y;
    }
}

internal sealed class MaxPool2dOp : Op
{
    readonly Tensor position;
    readonly Shape shape;
    readonly int kernel, stride, padding;

    public MaxPool2dOp(Tensor x, Tensor position, int kernel, int stride, int padding) : base(x)
    {
        (shape, this.position) = (x.Shape, Save(position));
        (this.kernel, this.stride, this.padding) = (kernel, stride, padding);
    }

    /// <summary>dx = the sum of dy over the windows in which the pixel was the largest; the first of equals takes all.</summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor dx = Tensor.Empty(shape, dy.DType, dy.Backend);
        dy.Backend.MaxPool2dBackward(dy, position, kernel, stride, padding, dx);
        return [dx];
    }
}
