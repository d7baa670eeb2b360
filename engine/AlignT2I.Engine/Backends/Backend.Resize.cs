namespace AlignT2I.Engine;

public abstract partial class Backend
{
    internal abstract void UpsampleNearest2x(Tensor x, Tensor y);

    internal abstract void UpsampleNearest2xBackward(Tensor dy, Tensor dx);

    internal abstract void AvgPool2d(Tensor x, int kernel, int stride, int padding, bool countIncludePad, Tensor y);

    internal abstract void AvgPool2dBackward(Tensor dy, int kernel, int stride, int padding, bool countIncludePad, Tensor dx);

    /// <summary>Largest value of each window; position is the pixel h * W + w that it came from.</summary>
    internal abstract void MaxPool2d(Tensor x, int kernel, int stride, int padding, Tensor y, Tensor position);

    internal abstract void MaxPool2dBackward(Tensor dy, Tensor position, int kernel, int stride, int padding, Tensor dx);

    internal abstract void ResizeBilinear(Tensor x, Tensor y);

    internal abstract void ResizeBilinearBackward(Tensor dy, Tensor dx);
}
