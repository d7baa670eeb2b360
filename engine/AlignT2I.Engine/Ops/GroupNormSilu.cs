namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>
    /// Group normalization with SiLU behind it in one pass: y = z s(z), z = (x - mean) * rstd * weight + bias, s the sigmoid.
    /// </summary>
    /// <remarks>The same as <c>F.Silu(F.GroupNorm(...))</c>; z is not kept but recomputed in the backward pass.</remarks>
    /// <param name="x">Feature map [N, ..., C], F32 or F64.</param>
    /// <param name="weight">Scale per channel [C].</param>
    /// <param name="bias">Shift per channel [C].</param>
    /// <param name="groups">Number of groups; divides C.</param>
    /// <param name="eps">Added to the variance: 1e-5 in the UNet, 1e-6 in the VAE.</param>
    /// <returns>The shape and type of <paramref name="x"/>.</returns>
    /// <exception cref="ShapeException">A shape is not as above, or <paramref name="groups"/> does not divide C.</exception>
    /// <exception cref="DTypeException">The types differ, or the backend does not compute in them.</exception>
    public static Tensor GroupNormSilu(Tensor x, Tensor weight, Tensor bias, int groups, float eps)
    {
        RequireGroupNorm(x, weight, bias, groups);
        Tensor y = Tensor.Empty(x.Shape, x.DType, x.Backend);
        Tensor mean = Tensor.Empty([x.Shape[0], groups], x.DType.Accumulator, x.Backend);
        Tensor rstd = Tensor.Empty([x.Shape[0], groups], x.DType.Accumulator, x.Backend);
        x.Backend.GroupNormForward(x, weight, bias, groups, eps, silu: true, y, mean, rstd);
        if (Tape.Records(x, weight, bias))
            Tape.Push(new GroupNormSiluOp(x, weight, bias, mean, rstd, groups), y);
        return y;
    }
}

internal sealed class GroupNormSiluOp : Op
{
    readonly Tensor x, weight, bias, mean, rstd;
    readonly int groups;

    public GroupNormSiluOp(Tensor x, Tensor weight, Tensor bias, Tensor mean, Tensor rstd, int groups)
        : base(x, weight, bias)
    {
        (this.x, this.weight, this.bias) = (Save(x), Save(weight), Save(bias));
        (this.mean, this.rstd) = (Save(mean), Save(rstd));
        this.groups = groups;
    }

    /// <summary>dz = dy * s (1 + z (1 - s)); from there as in <see cref="GroupNormOp.Backward"/> with dz for dy.</summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor dx = Tensor.Empty(x.Shape, x.DType, x.Backend);
        Tensor dweight = Tensor.Empty(weight.Shape, weight.DType, x.Backend);
        Tensor dbias = Tensor.Empty(weight.Shape, weight.DType, x.Backend);
        x.Backend.GroupNormBackward(x, weight, bias, mean, rstd, groups, dy, dx, dweight, dbias);
        return [dx, dweight, dbias];
    }
}
