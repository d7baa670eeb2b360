namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>Linear layer on the last dimension: y = x weight^T + bias.</summary>
    /// <param name="x">[..., in].</param>
    /// <param name="weight">[out, in], as checkpoints store it.</param>
    /// <param name="bias">[out]; null for none.</param>
    /// <returns>[..., out], of the type of <paramref name="x"/>.</returns>
    /// <exception cref="ShapeException">A shape is not as above.</exception>
    /// <exception cref="DTypeException">The types differ, or the backend does not compute in them.</exception>
    public static Tensor Linear(Tensor x, Tensor weight, Tensor? bias = null)
    {
        Require.AtLeastRank(x, 1);
        Require.Rank(weight, 2);
        int features = weight.Shape[1];
        Require.That(x.Shape[^1] == features, $"x has shape {x.Shape}; weight {weight.Shape} needs a last dimension of {features}");
        Require.SameDType(weight, x);
        if (bias is not null)
        {
            Require.Shape(bias, [weight.Shape[0]]);
            Require.SameDType(bias, x);
        }

        int[] shape = x.Shape.ToArray();
        shape[^1] = weight.Shape[0];
        Tensor y = Tensor.Empty(shape, x.DType, x.Backend);
        x.Backend.LinearForward(x, weight, bias, y);
        if (Tape.Records(x, weight, bias))
            Tape.Push(new LinearOp(x, weight, bias), y);
        return y;
    }
}

internal sealed class LinearOp : Op
{
    readonly Tensor x, weight;

    public LinearOp(Tensor x, Tensor weight, Tensor? bias)
        : base(x, weight, bias) => (this.x, this.weight) = (Save(x), Save(weight));

    /// <summary>dx = dy weight; dweight = dy^T x and dbias = sum of dy, over all leading dimensions.</summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor? dx = null, dweight = null, dbias = null;
        if (NeedsGrad(0))
            x.Backend.LinearBackwardData(dy, weight, dx = Tensor.Empty(x.Shape, x.DType, x.Backend));
        if (NeedsGrad(1))
            x.Backend.LinearBackwardWeight(x, dy, dweight = Tensor.Empty(weight.Shape, weight.DType.Accumulator, x.Backend));
        if (NeedsGrad(2))
            x.Backend.BiasBackward(dy, dbias = Tensor.Empty([weight.Shape[0]], weight.DType.Accumulator, x.Backend));
        return [dx, dweight, dbias];
    }
}
