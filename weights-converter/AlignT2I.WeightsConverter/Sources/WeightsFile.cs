using AlignT2I.Files;

namespace AlignT2I.WeightsConverter.Sources;

/// <summary>One file of tensors, whatever its container.</summary>
/// <remarks>
/// Opening reads and checks everything but the values; nothing that a file contains is executed. Values are read, not mapped, tensor by
/// tensor, so that the memory of a conversion is bounded by its largest tensor. The file must not change while it is open.
/// </remarks>
public sealed class WeightsFile : IDisposable
{
    const int ChecksumBufferBytes = 1 << 20;

    readonly SourceFile file;
    readonly WeightsContent content;

    WeightsFile(SourceFile file, WeightsContent content) => (this.file, this.content) = (file, content);

    /// <summary>The file, as the caller named it.</summary>
    public string Path => file.Path;

    /// <summary>The container, for people: <c>safetensors</c>, <c>PyTorch zip</c>, <c>PyTorch legacy</c> or <c>TorchScript</c>.</summary>
    public string Format => content.Format;

    /// <summary>The weights, in the order of the file.</summary>
    /// <remarks>
    /// A name is the dotted path through the containers of the file. Where the root of a checkpoint holds its weights in a dictionary
    /// (<c>state_dict</c>, <c>model_state_dict</c>, <c>module</c> or <c>model</c>), the path starts inside it and everything beside it
    /// is <see cref="TrainingState"/>. In a TorchScript archive the path goes through the attributes of the modules, as in its state dict.
    /// </remarks>
    public IReadOnlyList<WeightsTensor> Tensors => content.Tensors;

    /// <summary>
    /// Tensors beside the weights, under their whole path: <c>optimizer_states.0.state.1.exp_avg</c>. Empty where there are only weights.
    /// </summary>
    public IReadOnlyList<WeightsTensor> TrainingState => content.TrainingState;

    /// <summary>Safetensors: <c>__metadata__</c>. Checkpoints: the scalars at the root, such as <c>global_step</c>, as text.</summary>
    public IReadOnlyDictionary<string, string> Metadata => content.Metadata;

    /// <summary>Opens a file, whose format is told by its content, and checks everything but the values.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">It is of no known format, damaged, or names what is neither tensor nor container.</exception>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public static WeightsFile Open(string path)
    {
        SourceFile file = SourceFile.Open(path);
        try
        {
            return new WeightsFile(file, WeightsFormat.Read(file));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Reads all values of a tensor of less than 2 GiB: row-major, little-endian, without gaps, however they lie in the file.
    /// </summary>
    /// <param name="tensor">One of <see cref="Tensors"/> or <see cref="TrainingState"/>.</param>
    /// <param name="destination"><see cref="WeightsTensor.ByteCount"/> bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another size.</exception>
    /// <exception cref="FileFormatException">The values fail the checksum of their container.</exception>
    /// <exception cref="StorageException">The file cannot be read.</exception>
    public void Read(WeightsTensor tensor, Span<byte> destination)
    {
        if (destination.Length != tensor.ByteCount)
        {
            throw new ArgumentException(
                $"tensor '{tensor.Name}' has {tensor.ByteCount} bytes, but {destination.Length} are asked for", nameof(destination));
        }
        CheckSum(tensor);
        new StridedReader(file, tensor).Read(destination);
        int size = tensor.DType.Size();
        if (!tensor.Storage.BigEndian || size == 1)
            return;
        for (; destination.Length > 0; destination = destination[size..])
            destination[..size].Reverse();
    }

    /// <summary>Compares a storage with its checksum before the first of its tensors is read.</summary>
    void CheckSum(WeightsTensor tensor)
    {
        WeightsStorage storage = tensor.Storage;
        if (storage.Crc32 is not { } expected)
            return;
        var crc = new Crc32();
        byte[] buffer = new byte[Math.Min(storage.ByteLength, ChecksumBufferBytes)];
        for (long done = 0; done < storage.ByteLength;)
        {
            Span<byte> piece = buffer.AsSpan(0, (int)Math.Min(buffer.Length, storage.ByteLength - done));
            file.Read(storage.FileOffset + done, piece);
            crc.Add(piece);
            done += piece.Length;
        }
        if (crc.Value != expected)
            throw file.Bad($"tensor '{tensor.Name}' does not match its checksum; the file is damaged: download or copy it again");
        storage.Crc32 = null;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => file.Dispose();
}
