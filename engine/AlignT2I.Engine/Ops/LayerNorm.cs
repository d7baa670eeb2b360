namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>Layer normalization over the last axis: y = (x - mean) * rstd * weight + bias, one mean and rstd per row.</summary>
    /// <remarks>Ba et al. 2016, arXiv:1607.06450.</remarks>
    /// <param name="x">[..., C].</param>
    /// <param name="weight">Scale per channel [C], of the accumulator type of <paramref name="x"/>; so is <paramref name="bias"/>.</param>
    /// <param name="bias">Shift per channel [C].</param>
    /// <param name="eps">Added to the variance: 1e-5 in CLIP and in the UNet's transformers.</param>
    /// <returns>The shape and type of <paramref name="x"/>.</returns>
    /// <exception cref="ShapeException">A shape is not as above.</exception>
    /// <exception cref="DTypeException">The types differ, or the backend does not compute in them.</exception>
    public static Tensor LayerNorm(Tensor x, Tensor weight, Tensor bias, float eps)
    {
        Require.AtLeastRank(x, 1);
        int channels = x.Shape[^1];
        Require.Shape(weight, [channels]);
        Require.Shape(bias, [channels]);
        Require.Accumulator(weight, x);
        Require.Accumulator(bias, x);

        Tensor y = Tensor.Empty(x.Shape, x.DType, x.Backend);
        Tensor mean = Tensor.Empty([x.Shape.Rows], x.DType.Accumulator, x.Backend);
        Tensor rstd = Tensor.Empty([x.Shape.Rows], x.DType.Accumulator, x.Backend);
        x.Backend.LayerNormForward(x, weight, bias, eps, y, mean, rstd);
        if (Tape.Records(x, weight, bias))
            Tape.Push(new LayerNormOp(x, weight, bias, mean, rstd), y);
        return y;
    }
}

internal sealed class LayerNormOp : Op
{
    readonly Tensor x, weight, mean, rstd;

    public LayerNormOp(Tensor x, Tensor weight, Tensor bias, Tensor mean, Tensor rstd)
        : base(x, weight, bias) =>
        (this.x, this.weight, this.mean, this.rstd) = (Save(x), Save(weight), Save(mean), Save(rstd));

    /// <summary>
    /// g = dy * weight, h = (x - mean) * rstd: dx = rstd * (g - avg(g) - h * avg(g * h)), avg over the row; dweight = Σ dy * h, dbias
    /// = Σ dy.
    /// </summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor dx = Tensor.Empty(x.Shape, x.DType, x.Backend);
        Tensor dweight = Tensor.Empty(weight.Shape, weight.DType, x.Backend);
        Tensor dbias = Tensor.Empty(weight.Shape, weight.DType, x.Backend);
        x.Backend.LayerNormBackward(x, weight, mean, rstd, dy, dx, dweight, dbias);
        return [dx, dweight, dbias];
    }
}
