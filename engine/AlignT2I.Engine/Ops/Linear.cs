namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>Linear layer on the last dimension: y = activation(x weight^T + bias + residual).</summary>
    /// <remarks>
    /// One pass writes y. Under a tape the sum and its activation are two operations, as the backward pass of the second reads the sum.
    /// </remarks>
    /// <param name="x">[..., in].</param>
    /// <param name="weight">[out, in], as checkpoints store it.</param>
    /// <param name="bias">[out]; null for none.</param>
    /// <param name="residual">[..., out], added before the activation; null for none.</param>
    /// <param name="activation">Applied to the sum.</param>
    /// <returns>[..., out], of the type of <paramref name="x"/>.</returns>
    /// <exception cref="ShapeException">A shape is not as above.</exception>
    /// <exception cref="DTypeException">The types differ, or the backend does not compute in them.</exception>
    public static Tensor Linear(
        Tensor x, Tensor weight, Tensor? bias = null, Tensor? residual = null, Activation activation = Activation.None)
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

        Shape shape = x.Shape.WithLast(weight.Shape[0]);
        if (residual is not null)
        {
            Require.Shape(residual, shape);
            Require.SameDType(residual, x);
        }

        Tensor y = Tensor.Empty(shape, x.DType, x.Backend);
        bool records = Tape.Records(x, weight, bias, residual);
        x.Backend.LinearForward(x, weight, new(bias, null, residual, records ? Activation.None : activation), y);
        if (!records)
            return y;
        Tape.Push(new LinearOp(x, weight, bias, residual), y);
        return Activate(activation, y);
    }
}

internal sealed class LinearOp : Op
{
    readonly Tensor x, weight;

    public LinearOp(Tensor x, Tensor weight, Tensor? bias, Tensor? residual)
        : base(x, weight, bias, residual) => (this.x, this.weight) = (Save(x), Save(weight));

    /// <summary>dx = dy weight; dweight = dy^T x and dbias = sum of dy, over all leading dimensions; dresidual = dy itself.</summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor? dx = null, dweight = null, dbias = null;
        if (NeedsGrad(0))
            x.Backend.LinearBackwardData(dy, weight, dx = Tensor.Empty(x.Shape, x.DType, x.Backend));
        if (NeedsGrad(1))
            x.Backend.LinearBackwardWeight(x, dy, dweight = Tensor.Empty(weight.Shape, weight.DType.Accumulator, x.Backend));
        if (NeedsGrad(2))
            x.Backend.BiasBackward(dy, dbias = Tensor.Empty([weight.Shape[0]], weight.DType.Accumulator, x.Backend));
        return [dx, dweight, dbias, dy];
    }
}
