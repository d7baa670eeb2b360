using System.Runtime.CompilerServices;

namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>Group normalization: y = (x - mean) * rstd * weight + bias, with one mean and rstd per image and group.</summary>
    /// <remarks>Wu and He 2018, arXiv:1803.08494. The statistics are of the accumulator type of <paramref name="x"/>.</remarks>
    /// <param name="x">Feature map [N, ..., C]: [N, H, W, C] or [N, S, C].</param>
    /// <param name="weight">Scale per channel [C], of the accumulator type of <paramref name="x"/>; so is <paramref name="bias"/>.</param>
    /// <param name="bias">Shift per channel [C].</param>
    /// <param name="groups">Number of groups; divides C.</param>
    /// <param name="eps">Added to the variance: 1e-5 in the UNet's residual blocks, 1e-6 in its transformers and in the VAE.</param>
    /// <returns>The shape and type of <paramref name="x"/>.</returns>
    /// <exception cref="ShapeException">A shape is not as above, or <paramref name="groups"/> does not divide C.</exception>
    /// <exception cref="DTypeException">The types differ, or the backend does not compute in them.</exception>
    public static Tensor GroupNorm(Tensor x, Tensor weight, Tensor bias, int groups, float eps)
    {
        RequireGroupNorm(x, weight, bias, groups);
        Tensor y = Tensor.Empty(x.Shape, x.DType, x.Backend);
        Tensor mean = Tensor.Empty([x.Shape[0], groups], x.DType.Accumulator, x.Backend);
        Tensor rstd = Tensor.Empty([x.Shape[0], groups], x.DType.Accumulator, x.Backend);
        x.Backend.GroupNormForward(x, weight, bias, groups, eps, silu: false, y, mean, rstd);
        if (Tape.Records(x, weight, bias))
            Tape.Push(new GroupNormOp(x, weight, bias, mean, rstd, groups), y);
        return y;
    }

    static void RequireGroupNorm(Tensor x, Tensor weight, Tensor bias, int groups, [CallerMemberName] string op = "")
    {
        Require.AtLeastRank(x, 2, op: op);
        int channels = x.Shape[^1];
        Require.Divides(groups, channels, "choose a number of groups that divides the channels", op: op);
        Require.Shape(weight, [channels], op: op);
        Require.Shape(bias, [channels], op: op);
        Require.Accumulator(weight, x, op: op);
        Require.Accumulator(bias, x, op: op);
    }
}

internal sealed class GroupNormOp : Op
{
    readonly Tensor x, weight, mean, rstd;
    readonly int groups;

    public GroupNormOp(Tensor x, Tensor weight, Tensor bias, Tensor mean, Tensor rstd, int groups)
        : base(x, weight, bias)
    {
        (this.x, this.weight, this.mean, this.rstd) = (Save(x), Save(weight), Save(mean), Save(rstd));
        this.groups = groups;
    }

    /// <summary>g = dy * weight, h = (x - mean) * rstd: dx = rstd * (g - avg(g) - h * avg(g * h)), avg per image and group.</summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor dx = Tensor.Empty(x.Shape, x.DType, x.Backend);
        Tensor dweight = Tensor.Empty(weight.Shape, weight.DType, x.Backend);
        Tensor dbias = Tensor.Empty(weight.Shape, weight.DType, x.Backend);
        x.Backend.GroupNormBackward(x, weight, bias: null, mean, rstd, groups, dy, dx, dweight, dbias);
        return [dx, dweight, dbias];
    }
}
