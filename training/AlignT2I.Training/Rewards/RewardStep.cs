using AlignT2I.Engine;
using AlignT2I.Models.Reward;

namespace AlignT2I.Training.Rewards;

/// <summary>A step of reward training: forward, backward and AdamW, recorded where the device can. Batches differ in how many of their
/// images are good, and so in their shapes; each shape is recorded when it comes again.</summary>
internal sealed class RewardStep : IDisposable
{
    readonly RewardModel model;
    readonly ParameterStore parameters;
    readonly RewardTrainingOptions options;
    readonly AdamW optimizer;
    readonly Tensor meanSquaredError, promptClassification, total;
    readonly RecordedWork work;

    public RewardStep(RewardModel model, ParameterStore parameters, RewardTrainingOptions options)
    {
        (this.model, this.parameters, this.options) = (model, parameters, options);
        optimizer = new AdamW(parameters.Parameters, weightDecay: options.WeightDecay);
        meanSquaredError = Tensor.Zeros([], DType.F32, parameters.Backend).Persist();
        promptClassification = Tensor.Zeros([], DType.F32, parameters.Backend).Persist();
        total = Tensor.Zeros([], DType.F32, parameters.Backend).Persist();
        work = parameters.Backend.Record(tensors => Update(new RewardBatch(tensors)));
    }

    /// <returns>The batch's loss before the step; it stays until the next.</returns>
    public RewardLossTerms Run(RewardBatch batch)
    {
        optimizer.Prepare(options.LearningRate);
        work.Run(batch.Tensors);
        return new RewardLossTerms(meanSquaredError, batch.Choices is null ? null : promptClassification, total);
    }

    public void Dispose()
    {
        foreach (IDisposable part in (ReadOnlySpan<IDisposable>)[work, optimizer, meanSquaredError, promptClassification, total])
            part.Dispose();
    }

    void Update(RewardBatch batch)
    {
        using (Tape tape = Tape.Open())
        {
            RewardLossTerms terms = RewardLoss.Compute(model, batch, options.PromptClassificationWeight, options.Temperature);
            meanSquaredError.CopyFrom(terms.MeanSquaredError.Detach());
            if (terms.PromptClassification is { } second)
                promptClassification.CopyFrom(second.Detach());
            total.CopyFrom(terms.Total.Detach());
            tape.Backward(terms.Total);
        }

        optimizer.Apply();
        parameters.ClearGrad();
    }
}
