namespace AlignT2I.Engine;

public abstract partial class Backend
{
    internal abstract void GroupNormForward(
        Tensor x, Tensor weight, Tensor bias, int groups, float eps, bool silu, Tensor y, Tensor mean, Tensor rstd);

    /// <summary>With <paramref name="bias"/> for a group normalization that SiLU follows, without for a plain one.</summary>
    internal abstract void GroupNormBackward(
        Tensor x, Tensor weight, Tensor? bias, Tensor mean, Tensor rstd, int groups, Tensor dy, Tensor dx, Tensor dweight, Tensor dbias);

    internal abstract void LayerNormForward(Tensor x, Tensor weight, Tensor bias, float eps, Tensor y, Tensor mean, Tensor rstd);

    internal abstract void LayerNormBackward(
        Tensor x, Tensor weight, Tensor mean, Tensor rstd, Tensor dy, Tensor dx, Tensor dweight, Tensor dbias);

    internal abstract void SoftmaxForward(Tensor x, Tensor y);

    internal abstract void SoftmaxBackward(Tensor y, Tensor dy, Tensor dx);
}
