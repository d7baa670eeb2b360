namespace AlignT2I.Engine;

public abstract partial class Backend
{
    /// <summary>y [N, OH, OW, O], the epilogue of x [N, H, W, I] convolved with weight [O, KH, KW, I].</summary>
    internal abstract void Conv2dForward(Tensor x, Tensor weight, int stride, Padding2d padding, Epilogue epilogue, Tensor y);

    /// <summary>dx, the gradient of the images.</summary>
    internal abstract void Conv2dBackwardData(Tensor dy, Tensor weight, int stride, Padding2d padding, Tensor dx);

    /// <summary>dweight, the gradient of the weight. The bias's is <see cref="BiasBackward"/>.</summary>
    internal abstract void Conv2dBackwardWeight(Tensor x, Tensor dy, int stride, Padding2d padding, Tensor dweight);
}
