namespace AlignT2I.Engine;

public abstract partial class Backend
{
    /// <summary>c = op(a) op(b): matrices [rows, columns], or as many of them as the first of three dimensions says.</summary>
    internal abstract void MatMul(Tensor a, bool transposeA, Tensor b, bool transposeB, Tensor c);

    /// <summary>y [..., out] = epilogue(x [..., in] weight^T).</summary>
    internal abstract void LinearForward(Tensor x, Tensor weight, Epilogue epilogue, Tensor y);

    /// <summary>dx [..., in] = dy [..., out] weight.</summary>
    internal abstract void LinearBackwardData(Tensor dy, Tensor weight, Tensor dx);

    /// <summary>dweight [out, in] = dy^T x over all leading dimensions.</summary>
    internal abstract void LinearBackwardWeight(Tensor x, Tensor dy, Tensor dweight);

    /// <summary>dbias [C] = sum of dy [..., C] over all leading dimensions.</summary>
    internal abstract void BiasBackward(Tensor dy, Tensor dbias);
}
