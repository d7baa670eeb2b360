using AlignT2I.Files;

namespace AlignT2I.WeightsConverter.Sources;

/// <summary>A file that is read in pieces at any place.</summary>
internal sealed class SourceFile : IDisposable
{
    const int MaxProblemLength = 500;

    readonly FileStream stream;

    SourceFile(string path, FileStream stream)
    {
        (Path, this.stream) = (path, stream);
        Length = stream.Length;
    }

    /// <summary>The file, as the caller named it.</summary>
    public string Path { get; }

    /// <summary>Its size in bytes when it was opened.</summary>
    public long Length { get; }

    public static SourceFile Open(string path)
    {
        FileStream stream = InputFile.OpenRead(path);
        if (stream.CanSeek)
            return new SourceFile(path, stream);
        stream.Dispose();
        throw new UsageException($"{path}: it is a pipe or a device; weights are read from a file.");
    }

    /// <summary>Bytes from a place; a caller has compared their number with <see cref="Length"/>.</summary>
    public byte[] Read(long offset, int count)
    {
        byte[] bytes = new byte[count];
        Read(offset, bytes);
        return bytes;
    }

    /// <inheritdoc cref="Read(long, int)"/>
    public void Read(long offset, Span<byte> destination)
    {
        try
        {
            while (destination.Length > 0)
            {
                int count = RandomAccess.Read(stream.SafeFileHandle, destination, offset);
                if (count == 0)
                    throw Bad($"it ends at byte {offset}, where values are expected; it is cut off, or was shortened while it was read");
                offset += count;
                destination = destination[count..];
            }
        }
        catch (Exception e) when (StorageException.Covers(e))
        {
            throw StorageException.From(e, Path, "read");
        }
    }

    /// <summary>The error of a file whose content is not what it should be.</summary>
    public FileFormatException Bad(string problem, Exception? cause = null) => Bad(Path, problem, cause);

    /// <summary>The error of a file: a sentence, whatever names out of the file are in it.</summary>
    public static FileFormatException Bad(string path, string problem, Exception? cause = null)
        => new(path, Printable.Text(problem, MaxProblemLength) + ".", cause);

    public void Dispose() => stream.Dispose();
}
