using System.Text;

namespace AlignT2I.Files;

/// <summary>
/// A file that appears whole or not at all: written under a temporary name in the same folder, flushed to the disk, then renamed.
/// Whatever fails or kills the process, the old file stays as it was.
/// </summary>
/// <remarks>
/// The temporary name is the file's name with <c>.tmp</c> added: what a killed process left is overwritten the next time.
/// </remarks>
public sealed class AtomicFile : IDisposable
{
    const int BufferBytes = 1 << 16;

    readonly string path, temporaryPath;
    FileStream? stream;

    AtomicFile(string path, string temporaryPath, FileStream stream)
    {
        this.path = path;
        this.temporaryPath = temporaryPath;
        this.stream = stream;
    }

    /// <summary>Starts a file; nothing is seen under its name before <see cref="Commit"/>.</summary>
    /// <param name="path">The final name; its folder must exist.</param>
    /// <exception cref="StorageException">The folder is missing or read-only, or another process is writing this file.</exception>
    public static AtomicFile Create(string path)
    {
        string temporaryPath = path + ".tmp";
        try
        {
            var stream = new FileStream(temporaryPath, FileMode.Create, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            return new AtomicFile(path, temporaryPath, stream);
        }
        catch (Exception e) when (StorageException.Covers(e))
        {
            throw StorageException.From(e, path, "written");
        }
    }

    /// <summary>Writes a text file as UTF-8 without a byte order mark.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">Its content.</param>
    /// <exception cref="StorageException">It cannot be written; the old file is untouched.</exception>
    public static void WriteAllText(string path, string text) => WriteAllBytes(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Writes a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="bytes">Its content.</param>
    /// <exception cref="StorageException">It cannot be written; the old file is untouched.</exception>
    public static void WriteAllBytes(string path, ReadOnlySpan<byte> bytes)
    {
        using AtomicFile file = Create(path);
        file.WriteAt(0, bytes);
        file.Commit();
    }

    /// <summary>Writes a file through a stream.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes the content; the stream is buffered.</param>
    /// <exception cref="StorageException">It cannot be written; the old file is untouched.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        using AtomicFile file = Create(path);
        try
        {
            var buffered = new BufferedStream(file.stream!, BufferBytes);
            write(buffered);
            buffered.Flush();
        }
        catch (Exception e) when (StorageException.Covers(e))
        {
            throw StorageException.From(e, path, "written");
        }
        file.Commit();
    }

    /// <summary>Writes bytes at a place in the file, which grows as needed.</summary>
    /// <param name="offset">First byte written.</param>
    /// <param name="bytes">What is written.</param>
    /// <exception cref="StorageException">The disk is full or fails.</exception>
    public void WriteAt(long offset, ReadOnlySpan<byte> bytes)
    {
        ObjectDisposedException.ThrowIf(stream is null, this);
        try
        {
            RandomAccess.Write(stream.SafeFileHandle, bytes, offset);
        }
        catch (Exception e) when (StorageException.Covers(e))
        {
            throw StorageException.From(e, path, "written");
        }
    }

    /// <summary>Flushes to the disk and gives the file its final name, replacing an older one.</summary>
    /// <exception cref="StorageException">It cannot be flushed or renamed; the old file is untouched.</exception>
    public void Commit()
    {
        ObjectDisposedException.ThrowIf(stream is null, this);
        try
        {
            stream.Flush(flushToDisk: true);
            stream.Dispose();
            File.Move(temporaryPath, path, overwrite: true);
            stream = null;
        }
        catch (Exception e) when (StorageException.Covers(e))
        {
            throw StorageException.From(e, path, "written");
        }
    }

    /// <summary>Removes the temporary file unless <see cref="Commit"/> succeeded.</summary>
    public void Dispose()
    {
        if (stream is null)
            return;
        stream.Dispose();
        stream = null;
        try
        {
            File.Delete(temporaryPath);
        }
        catch (Exception e) when (StorageException.Covers(e))
        {
            // What stopped the writing may stop this too; the next writer of the file overwrites the leftover.
        }
    }
}
