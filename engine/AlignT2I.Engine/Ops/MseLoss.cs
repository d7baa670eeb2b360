namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>Mean over the samples of w_n times the mean of (prediction_n - target_n)^2.</summary>
    /// <remarks>With the reward as weight the first term of eq. 4 of Lee et al. 2023; without, the loss of Ho et al. 2020.</remarks>
    /// <param name="prediction">[N, ...].</param>
    /// <param name="target">The shape and type of <paramref name="prediction"/>.</param>
    /// <param name="sampleWeight">
    /// w [N], of the accumulator type of <paramref name="prediction"/>; 1 when left out.
    /// The mean divides by N, not by the sum of the weights.
    /// </param>
    /// <returns>A scalar [] of the accumulator type: F32 for half predictions.</returns>
    /// <exception cref="ShapeException">A shape is not as above.</exception>
    /// <exception cref="DTypeException">The types differ.</exception>
    public static Tensor MseLoss(Tensor prediction, Tensor target, Tensor? sampleWeight = null)
    {
        Require.AtLeastRank(prediction, 1);
        Require.Shape(target, prediction.Shape);
        Require.SameDType(target, prediction);
        if (sampleWeight is not null)
        {
            Require.Shape(sampleWeight, [prediction.Shape[0]]);
            Require.Accumulator(sampleWeight, prediction);
        }

        Tensor loss = Tensor.Empty([], prediction.DType.Accumulator, prediction.Backend);
        Tensor perSample = Tensor.Empty([prediction.Shape[0]], prediction.DType.Accumulator, prediction.Backend);
        prediction.Backend.MseForward(prediction, target, sampleWeight, perSample, loss);
        if (Tape.Records(prediction, target, sampleWeight))
            Tape.Push(new MseLossOp(prediction, target, sampleWeight, perSample), loss);
        return loss;
    }
}

internal sealed class MseLossOp : Op
{
    readonly Tensor prediction, target, perSample;
    readonly Tensor? sampleWeight;

    public MseLossOp(Tensor prediction, Tensor target, Tensor? sampleWeight, Tensor perSample) : base(prediction, target, sampleWeight)
    {
        (this.prediction, this.target, this.perSample) = (Save(prediction), Save(target), Save(perSample));
        this.sampleWeight = SaveOptional(sampleWeight);
    }

    /// <summary>
    /// dprediction = dy * w_n * 2 / count * (prediction - target) = -dtarget, dw_n = dy / N * (mean square of sample n).
    /// </summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Backend backend = dy.Backend;
        Tensor? dprediction = null, dtarget = null, dweight = null;
        if (NeedsGrad(0))
        {
            dprediction = Tensor.Empty(prediction.Shape, prediction.DType, backend);
            backend.MseBackward(prediction, target, sampleWeight, dy, dprediction);
        }

        if (NeedsGrad(1))
        {
            dtarget = Tensor.Empty(target.Shape, target.DType, backend);
            backend.MseBackward(target, prediction, sampleWeight, dy, dtarget);
        }

        if (NeedsGrad(2))
        {
            Tensor spread = Tensor.Empty(perSample.Shape, dy.DType, backend);
            backend.ExpandRows(dy, 1.0 / perSample.Count, spread);
            dweight = Tensor.Empty(perSample.Shape, dy.DType, backend);
            backend.Mul(spread, perSample, dweight);
        }

        return [dprediction, dtarget, dweight];
    }
}
