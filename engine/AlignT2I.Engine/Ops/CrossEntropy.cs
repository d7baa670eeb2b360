namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>Mean over the samples of -log softmax(logits_n)[label_n].</summary>
    /// <param name="logits">[N, C].</param>
    /// <param name="labels">[N] of I32, each from 0 to C - 1.</param>
    /// <returns>A scalar [] of the accumulator type: F32 for half logits.</returns>
    /// <exception cref="ShapeException">A shape is not as above.</exception>
    /// <exception cref="DTypeException"><paramref name="labels"/> is not I32.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is no class.</exception>
    public static Tensor CrossEntropy(Tensor logits, Tensor labels)
    {
        Require.Rank(logits, 2);
        Require.Shape(labels, [logits.Shape[0]]);
        Require.DType(labels, DType.I32);
        Require.SameBackend(labels, logits);

        Tensor loss = Tensor.Empty([], logits.DType.Accumulator, logits.Backend);
        Tensor probabilities = Tensor.Empty(logits.Shape, logits.DType.Accumulator, logits.Backend);
        logits.Backend.CrossEntropyForward(logits, labels, probabilities, loss);
        if (Tape.Records(logits))
            Tape.Push(new CrossEntropyOp(logits, labels, probabilities), loss);
        return loss;
    }
}

internal sealed class CrossEntropyOp : Op
{
    readonly Tensor labels, probabilities;
    readonly DType dtype;

    public CrossEntropyOp(Tensor logits, Tensor labels, Tensor probabilities) : base(logits) =>
        (this.labels, this.probabilities, dtype) = (Save(labels), Save(probabilities), logits.DType);

    /// <summary>dlogits = dy / N * (softmax(logits) - onehot(labels)).</summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor dlogits = Tensor.Empty(probabilities.Shape, dtype, dy.Backend);
        dy.Backend.CrossEntropyBackward(probabilities, labels, dy, dlogits);
        return [dlogits];
    }
}
