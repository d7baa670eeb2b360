using AlignT2I.Engine;

namespace AlignT2I.Training.Finetuning;

/// <summary>Work on batches of one size, recorded where the device can: each run is on the batch that was loaded.</summary>
internal sealed class FinetunePass : IDisposable
{
    readonly FinetuneInputs inputs;
    readonly RecordedWork work;

    /// <summary>Prepares the work; the first batch is loaded.</summary>
    /// <param name="first">Inputs of the size; they are copied.</param>
    /// <param name="compute">What is done with them.</param>
    public FinetunePass(FinetuneInputs first, Action<FinetuneInputs> compute)
    {
        inputs = first.Persist();
        work = first.Sample.Backend.Record(() => compute(inputs));
    }

    /// <summary>Does the work on a batch.</summary>
    public void Run(FinetuneInputs batch)
    {
        foreach ((Tensor from, Tensor to) in batch.Tensors.Zip(inputs.Tensors))
            to.CopyFrom(from);
        work.Run();
    }

    public void Dispose()
    {
        work.Dispose();
        foreach (Tensor tensor in inputs.Tensors)
            tensor.Dispose();
    }
}
