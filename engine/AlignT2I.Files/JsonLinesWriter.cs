using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AlignT2I.Files;

/// <summary>
/// Appends to a JSON Lines file. Each line is handed to the operating system at once: a killed process loses at most the line in flight.
/// </summary>
/// <remarks>One writer at a time: whoever writes into a run folder holds its <see cref="RunLock"/>. Readers may read meanwhile.</remarks>
/// <typeparam name="T">What a line holds.</typeparam>
public sealed class JsonLinesWriter<T> : IDisposable
{
    readonly string path;
    readonly FileStream stream;
    readonly JsonTypeInfo<T> type;
    long length;

    JsonLinesWriter(string path, FileStream stream, JsonTypeInfo<T> type) => (this.path, this.stream, this.type) = (path, stream, type);

    /// <summary>Opens a file for appending, or creates it. A last line that a killed writer left unfinished is cut off.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="type">How a line is written, from a source-generated context that does not indent.</param>
    /// <exception cref="StorageException">It cannot be written.</exception>
    /// <exception cref="FileFormatException">Its last line is longer than 16 MiB.</exception>
    public static JsonLinesWriter<T> Open(string path, JsonTypeInfo<T> type)
    {
        FileStream? stream = null;
        try
        {
            stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
            var writer = new JsonLinesWriter<T>(path, stream, type);
            writer.MendLastLine();
            return writer;
        }
        catch (Exception e)
        {
            stream?.Dispose();
            if (StorageException.Covers(e))
                throw StorageException.From(e, path, "opened for writing");
            throw;
        }
    }

    /// <summary>Appends one line.</summary>
    /// <param name="value">What the line holds.</param>
    /// <exception cref="StorageException">The disk is full or fails; the file is as it was before.</exception>
    public void Append(T value)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(value, type);
        byte[] line = new byte[json.Length + 1];
        json.CopyTo(line, 0);
        line[^1] = (byte)'\n';
        WriteAtEnd(line);
    }

    /// <summary>Makes what was appended survive a power failure.</summary>
    /// <exception cref="StorageException">The disk fails.</exception>
    public void FlushToDisk()
    {
        try
        {
            stream.Flush(flushToDisk: true);
        }
        catch (Exception e) when (StorageException.Covers(e))
        {
            throw StorageException.From(e, path, "written");
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => stream.Dispose();

    void WriteAtEnd(ReadOnlySpan<byte> bytes)
    {
        bool written = false;
        try
        {
            RandomAccess.Write(stream.SafeFileHandle, bytes, length);
            length += bytes.Length;
            written = true;
        }
        catch (Exception e) when (StorageException.Covers(e))
        {
            throw StorageException.From(e, path, "written");
        }
        finally
        {
            if (!written)
                RandomAccess.SetLength(stream.SafeFileHandle, length);      // no half line stays
        }
    }

    /// <summary>Ends a whole last line that lacks its newline; cuts off one that is not whole.</summary>
    void MendLastLine()
    {
        length = stream.Length;
        long start = LastLineStart();
        byte[] line = new byte[length - start];
        stream.Position = start;
        stream.ReadExactly(line);
        if (line.Length == 0)
            return;
        if (JsonLines.IsWhole(line))
        {
            WriteAtEnd("\n"u8);
        }
        else
        {
            length = start;
            stream.SetLength(length);
        }
    }

    /// <summary>Position after the last newline, 0 where there is none.</summary>
    long LastLineStart()
    {
        byte[] buffer = new byte[4096];
        for (long end = length; end > 0;)
        {
            if (length - end > JsonLines.MaxLineBytes)
            {
                throw new FileFormatException(path,
                    $"its last line is longer than {JsonLines.MaxLineBytes} bytes; this is not a JSON Lines file.");
            }
            Span<byte> piece = buffer.AsSpan(0, (int)Math.Min(buffer.Length, end));
            stream.Position = end - piece.Length;
            stream.ReadExactly(piece);
            if (piece.LastIndexOf((byte)'\n') is var newline and >= 0)
                return end - piece.Length + newline + 1;
            end -= piece.Length;
        }
        return 0;
    }
}
