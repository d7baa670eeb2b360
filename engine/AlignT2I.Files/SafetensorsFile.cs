using System.Diagnostics.CodeAnalysis;

namespace AlignT2I.Files;

/// <summary>
/// A safetensors file opened for reading through a memory map: tensors are read from disk when touched, nothing is copied.
/// </summary>
/// <remarks>
/// Format: github.com/huggingface/safetensors. The whole header is checked on opening. Spans are valid until <see cref="Dispose"/>;
/// the file must not be shortened while it is open. Values are little-endian.
/// </remarks>
public sealed class SafetensorsFile : IDisposable
{
    readonly SafetensorsHeader header;
    readonly MappedFile file;

    SafetensorsFile(string path, MappedFile file, SafetensorsHeader header) => (Path, this.file, this.header) = (path, file, header);

    /// <summary>The file, as the caller named it.</summary>
    public string Path { get; }

    /// <summary>The header's <c>__metadata__</c>; empty where it has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => header.Metadata;

    /// <summary>The tensors in the order of the header.</summary>
    public IReadOnlyList<SafetensorsTensor> Tensors => header.Tensors;

    /// <summary>The tensor with this name.</summary>
    /// <param name="name">Name in the file.</param>
    /// <exception cref="FileFormatException">The file has no such tensor.</exception>
    public SafetensorsTensor this[string name] => header.ByName.TryGetValue(name, out SafetensorsTensor? tensor)
        ? tensor
        : throw new FileFormatException(Path, $"there is no tensor '{name}' among its {Tensors.Count}; is it a file of another model?");

    /// <summary>Opens a file and checks its whole header.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">It is not a valid safetensors file.</exception>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public static SafetensorsFile Open(string path)
    {
        MappedFile file = MappedFile.Open(path);
        try
        {
            if (file.Length < SafetensorsHeader.LengthBytes)
            {
                throw new FileFormatException(path,
                    $"it has {file.Length} bytes; a safetensors file has at least {SafetensorsHeader.LengthBytes + 2}.");
            }
            int headerBytes = SafetensorsHeader.ReadLength(path, file.Bytes(0, SafetensorsHeader.LengthBytes), file.Length);
            ReadOnlySpan<byte> json = file.Bytes(SafetensorsHeader.LengthBytes, headerBytes);
            return new SafetensorsFile(path, file, SafetensorsHeader.Parse(path, json, file.Length));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Looks a tensor up.</summary>
    /// <param name="name">Name in the file.</param>
    /// <param name="tensor">The tensor, or null.</param>
    public bool TryGet(string name, [NotNullWhen(true)] out SafetensorsTensor? tensor) => header.ByName.TryGetValue(name, out tensor);

    /// <summary>All bytes of a tensor of less than 2 GiB, in place. They need not be aligned to the element size.</summary>
    /// <param name="name">Name in the file.</param>
    /// <exception cref="FileFormatException">The file has no such tensor, or it is too large for a span: use
    /// <see cref="CopyTo"/>.</exception>
    public ReadOnlySpan<byte> GetBytes(string name)
    {
        SafetensorsTensor tensor = this[name];
        if (tensor.ByteLength > int.MaxValue)
        {
            throw new FileFormatException(Path,
                $"tensor '{name}' has {tensor.ByteLength} bytes, too many for one span; copy it in pieces.");
        }
        return GetBytes(tensor, 0, (int)tensor.ByteLength);
    }

    /// <summary>Copies a piece of a tensor of any size.</summary>
    /// <param name="name">Name in the file.</param>
    /// <param name="byteOffset">First byte within the tensor.</param>
    /// <param name="destination">Filled entirely.</param>
    /// <exception cref="FileFormatException">The file has no such tensor.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The piece goes beyond the tensor.</exception>
    public void CopyTo(string name, long byteOffset, Span<byte> destination)
        => GetBytes(this[name], byteOffset, destination.Length).CopyTo(destination);

    /// <summary>Says that a tensor has been read: its part of the file leaves memory. Reading it again is possible.</summary>
    /// <param name="name">Name in the file.</param>
    /// <exception cref="FileFormatException">The file has no such tensor.</exception>
    public void Release(string name)
    {
        SafetensorsTensor tensor = this[name];
        file.Release(tensor.Offset, tensor.ByteLength);
    }

    ReadOnlySpan<byte> GetBytes(SafetensorsTensor tensor, long byteOffset, int length)
    {
        if (byteOffset < 0 || byteOffset > tensor.ByteLength - length)
        {
            throw new ArgumentOutOfRangeException(nameof(byteOffset), byteOffset,
                $"{length} bytes from here go beyond the {tensor.ByteLength} bytes of tensor '{tensor.Name}'");
        }
        return file.Bytes(tensor.Offset + byteOffset, length);
    }

    /// <summary>Unmaps the file; spans over it must not be used any more.</summary>
    public void Dispose() => file.Dispose();
}
