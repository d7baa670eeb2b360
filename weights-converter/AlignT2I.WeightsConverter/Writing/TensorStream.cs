using AlignT2I.Files;
using AlignT2I.WeightsConverter.Streaming;

namespace AlignT2I.WeightsConverter.Writing;

/// <summary>
/// Writes tensors to safetensors files one after the other; at most one is in memory, and its source while it is converted.
/// </summary>
/// <param name="options">Type and progress.</param>
/// <param name="bytesTotal">Bytes of all tensors of all files, for the progress.</param>
internal sealed class TensorStream(ConversionOptions options, long bytesTotal)
{
    /// <summary>What transformers and diffusers look for before they read a safetensors file.</summary>
    public static readonly IReadOnlyDictionary<string, string> PyTorchMetadata = new Dictionary<string, string> { ["format"] = "pt" };

    long bytesDone;

    /// <summary>Writes one file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">Its tensors, in the options' type.</param>
    /// <param name="metadata">Its <c>__metadata__</c>.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public void Write(string path, IReadOnlyList<ModelTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using SafetensorsWriter writer = SafetensorsWriter.Create(
            path, tensors.Select(t => new SafetensorsEntry(t.Name, t.DType, t.Shape)), metadata);
        foreach (ModelTensor tensor in tensors)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            using (var values = new ScratchMemory(tensor.ByteCount))
            {
                tensor.Read(values.Span);
                writer.Write(tensor.Name, values.Span);
            }
            bytesDone += tensor.ByteCount;
            options.Progress?.Report(new ConversionProgress(bytesDone, bytesTotal));
        }
        writer.Commit();
    }
}
