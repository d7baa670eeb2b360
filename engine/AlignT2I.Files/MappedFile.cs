using System.IO.MemoryMappedFiles;

namespace AlignT2I.Files;

/// <summary>A file mapped into memory for reading: its bytes come from the disk when touched.</summary>
/// <remarks>Spans are valid until <see cref="Dispose"/>; the file must not be shortened while it is open.</remarks>
internal sealed unsafe class MappedFile : IDisposable
{
    readonly MemoryMappedFile? map;
    readonly MemoryMappedViewAccessor? view;
    byte* start;

    MappedFile(MemoryMappedFile? map, MemoryMappedViewAccessor? view, byte* start, long length)
    {
        (this.map, this.view, Length) = (map, view, length);
        this.start = start;
    }

    /// <summary>Bytes of the file when it was mapped.</summary>
    public long Length { get; }

    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public static MappedFile Open(string path)
    {
        using FileStream stream = InputFile.OpenRead(path);
        long length = stream.Length;
        if (length == 0)
            return new MappedFile(null, null, null, 0);
        MemoryMappedFile? map = null;
        MemoryMappedViewAccessor? view = null;
        byte* pointer = null;
        try
        {
            map = MemoryMappedFile.CreateFromFile(
                stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            view = map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
            return new MappedFile(map, view, pointer + view.PointerOffset, length);
        }
        catch (Exception e)
        {
            Release(map, view, pointer != null);
            if (StorageException.Covers(e))
                throw StorageException.From(e, path, "mapped into memory");
            throw;
        }
    }

    /// <summary>A piece of the file in place.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It goes beyond the file.</exception>
    public ReadOnlySpan<byte> Bytes(long offset, int count)
    {
        ObjectDisposedException.ThrowIf(start == null, this);
        if (offset < 0 || count < 0 || offset > Length - count)
        {
            throw new ArgumentOutOfRangeException(
                nameof(offset), offset, $"{count} bytes from here go beyond the {Length} bytes of the file");
        }
        return new ReadOnlySpan<byte>(start + offset, count);
    }

    /// <summary>Says that a piece has been read: it leaves memory. Reading it again is possible.</summary>
    public void Release(long offset, long count)
    {
        ObjectDisposedException.ThrowIf(start == null, this);
        MappedPages.Release(start + offset, count);
    }

    public void Dispose()
    {
        if (start == null)
            return;
        start = null;
        Release(map, view, acquired: true);
    }

    static void Release(MemoryMappedFile? map, MemoryMappedViewAccessor? view, bool acquired)
    {
        if (acquired)
            view!.SafeMemoryMappedViewHandle.ReleasePointer();
        view?.Dispose();
        map?.Dispose();
    }
}
