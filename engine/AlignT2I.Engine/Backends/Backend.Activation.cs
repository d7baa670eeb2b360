namespace AlignT2I.Engine;

/// <content>Activations: forward y = f(x); backward dx = dy f', from x, or from y where the parameter is named so.</content>
public abstract partial class Backend
{
    internal abstract void SiluForward(Tensor x, Tensor y);

    internal abstract void SiluBackward(Tensor x, Tensor dy, Tensor dx);

    internal abstract void GeluForward(Tensor x, Tensor y);

    internal abstract void GeluBackward(Tensor x, Tensor dy, Tensor dx);

    internal abstract void GeluTanhForward(Tensor x, Tensor y);

    internal abstract void GeluTanhBackward(Tensor x, Tensor dy, Tensor dx);

    internal abstract void QuickGeluForward(Tensor x, Tensor y);

    internal abstract void QuickGeluBackward(Tensor x, Tensor dy, Tensor dx);

    internal abstract void ReluForward(Tensor x, Tensor y);

    internal abstract void ReluBackward(Tensor y, Tensor dy, Tensor dx);

    internal abstract void SigmoidForward(Tensor x, Tensor y);

    internal abstract void SigmoidBackward(Tensor y, Tensor dy, Tensor dx);

    internal abstract void TanhForward(Tensor x, Tensor y);

    internal abstract void TanhBackward(Tensor y, Tensor dy, Tensor dx);

    internal abstract void ExpForward(Tensor x, Tensor y);

    internal abstract void ExpBackward(Tensor y, Tensor dy, Tensor dx);

    internal abstract void LogForward(Tensor x, Tensor y);

    internal abstract void LogBackward(Tensor x, Tensor dy, Tensor dx);

    internal abstract void GegluForward(Tensor x, Tensor y);

    internal abstract void GegluBackward(Tensor x, Tensor dy, Tensor dx);
}
