using AlignT2I.Files;

namespace AlignT2I.WeightsConverter.Sources;

/// <summary>One file of tensors, whatever its container.</summary>
/// <remarks>
/// Opening reads and checks everything but the values; nothing that a file contains is executed. Values are read, not mapped, tensor by tensor,
/// so that the memory of a conversion is bounded by its largest tensor. The file must not change while it is open.
/// </remarks>
public sealed class WeightsFile : IDisposable
{
    readonly FileStream file;
    readonly WeightsContent content;

    WeightsFile(string path, FileStream file, WeightsContent content)
        => (Path, this.file, this.content) = (path, file, content);

    /// <summary>The file, as the caller named it.</summary>
    public string Path { get; }

    /// <summary>The container, for people: <c>safetensors</c>, <c>PyTorch zip</c>, <c>PyTorch legacy</c> or <c>TorchScript</c>.</summary>
    public string Format => content.Format;

    /// <summary>The weights, in the order of the file.</summary>
    /// <remarks>
    /// A name is the dotted path through the containers of the file. Where the root of a checkpoint holds its weights in a dictionary
    /// (<c>state_dict</c>, <c>model_state_dict</c> or <c>model</c>), the path starts inside it and everything beside it is
    /// <see cref="TrainingState"/>. In a TorchScript archive the path goes through the attributes of the modules, as in its state dict.
    /// </remarks>
    public IReadOnlyList<WeightsTensor> Tensors => content.Tensors;

    /// <summary>
    /// Tensors beside the weights, under their whole path: <c>optimizer_states.0.state.1.exp_avg</c>. Empty where the file has weights only.
    /// </summary>
    public IReadOnlyList<WeightsTensor> TrainingState => content.TrainingState;

    /// <summary>Safetensors: <c>__metadata__</c>. Checkpoints: the scalars at the root, such as <c>global_step</c>, as text.</summary>
    public IReadOnlyDictionary<string, string> Metadata => content.Metadata;

    /// <summary>Opens a file, whose format is told by its content, and checks everything but the values.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">It is of no known format, damaged, or holds something that is not a tensor or a container.</exception>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public static WeightsFile Open(string path)
    {
        FileStream file = InputFile.OpenRead(path);
        try
        {
            return new WeightsFile(path, file, SafetensorsWeights.Read(path));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads all values of a tensor of less than 2 GiB: row-major, little-endian, without gaps, however they lie in the file.</summary>
    /// <param name="tensor">One of <see cref="Tensors"/> or <see cref="TrainingState"/>.</param>
    /// <param name="destination"><see cref="WeightsTensor.ByteCount"/> bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another size.</exception>
    /// <exception cref="FileFormatException">The values fail the checksum of their container.</exception>
    /// <exception cref="StorageException">The file cannot be read.</exception>
    public void Read(WeightsTensor tensor, Span<byte> destination)
    {
        if (destination.Length != tensor.ByteCount)
            throw new ArgumentException($"tensor '{tensor.Name}' has {tensor.ByteCount} bytes, but {destination.Length} are asked for", nameof(destination));
        Fill(tensor.Storage.FileOffset + tensor.ElementOffset * tensor.DType.Size(), destination);
    }

    void Fill(long offset, Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            int count = RandomAccess.Read(file.SafeFileHandle, destination, offset);
            if (count == 0)
                throw new FileFormatException(Path, $"it ends at byte {offset}, where values are expected; it was shortened while it was read.");
            offset += count;
            destination = destination[count..];
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => file.Dispose();
}
