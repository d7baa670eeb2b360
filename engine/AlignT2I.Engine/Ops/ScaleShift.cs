namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>y = x * (1 + scale) + shift, with one scale and one shift per image and channel.</summary>
    /// <remarks>How a time embedding conditions a normalized feature map: Dhariwal &amp; Nichol 2021, arXiv:2105.05233.</remarks>
    /// <param name="x">[N, ..., C].</param>
    /// <param name="scale">[N, C].</param>
    /// <param name="shift">[N, C].</param>
    /// <returns>The shape and type of <paramref name="x"/>.</returns>
    /// <exception cref="ShapeException">A shape is not as above.</exception>
    /// <exception cref="DTypeException">The types differ.</exception>
    public static Tensor ScaleShift(Tensor x, Tensor scale, Tensor shift)
    {
        Require.AtLeastRank(x, 2);
        Require.Shape(scale, [x.Shape[0], x.Shape[^1]]);
        Require.Shape(shift, [x.Shape[0], x.Shape[^1]]);
        Require.SameDType(scale, x);
        Require.SameDType(shift, x);

        Tensor y = Tensor.Empty(x.Shape, x.DType, x.Backend);
        x.Backend.ScaleShift(x, scale, shift, y);
        if (Tape.Records(x, scale, shift))
            Tape.Push(new ScaleShiftOp(x, scale, shift), y);
        return y;
    }
}

internal sealed class ScaleShiftOp : Op
{
    readonly Tensor x, scale;

    public ScaleShiftOp(Tensor x, Tensor scale, Tensor shift) : base(x, scale, shift) => (this.x, this.scale) = (Save(x), Save(scale));

    /// <summary>dx = dy * (1 + scale); dscale = sum over the pixels of dy * x; dshift = sum over the pixels of dy.</summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor? dx = null, dscale = null, dshift = null;
        int n = scale.Shape[0];
        if (NeedsGrad(0))
        {
            dx = Tensor.Empty(dy.Shape, dy.DType, dy.Backend);
            dy.Backend.ScaleShift(dy, scale, null, dx);
        }

        if (NeedsGrad(1))
        {
            dscale = Tensor.Empty(scale.Shape, dy.DType.Accumulator, dy.Backend);
            dy.Backend.DotGroups(x, dy, n, dscale);
        }

        if (NeedsGrad(2))
        {
            dshift = Tensor.Empty(scale.Shape, dy.DType.Accumulator, dy.Backend);
            dy.Backend.SumGroups(dy, n, dshift);
        }

        return [dx, dscale, dshift];
    }
}
