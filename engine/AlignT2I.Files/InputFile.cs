namespace AlignT2I.Files;

/// <summary>Opens files for reading with the errors of this library.</summary>
public static class InputFile
{
    /// <summary>Opens a file for reading; others may read, write or remove it meanwhile.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public static FileStream OpenRead(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UsageException($"{path}: there is no such file; check the path.", e);
        }
        catch (UnauthorizedAccessException e) when (Directory.Exists(path))
        {
            throw new UsageException($"{path}: it is a folder; name a file.", e);
        }
        catch (Exception e) when (StorageException.Covers(e))
        {
            throw StorageException.From(e, path, "opened");
        }
    }

    /// <summary>The whole file in memory.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limit">Largest size in bytes that is accepted.</param>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">It is larger than <paramref name="limit"/>.</exception>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public static byte[] ReadAllBytes(string path, int limit)
    {
        using FileStream stream = OpenRead(path);
        try
        {
            if (!stream.CanSeek)
                return ReadPipe(stream, path, limit);
            if (stream.Length > limit)
                throw new FileFormatException(path, $"it has {stream.Length} bytes; at most {limit} are read here.");
            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (StorageException.Covers(e))
        {
            throw StorageException.From(e, path, "read");
        }
    }

    /// <summary>What comes through a pipe, whose length no one knows before its end.</summary>
    static byte[] ReadPipe(FileStream stream, string path, int limit)
    {
        using var bytes = new MemoryStream();
        byte[] buffer = new byte[1 << 16];
        for (int count; (count = stream.Read(buffer)) > 0;)
        {
            if (bytes.Length + count > limit)
                throw new FileFormatException(path, $"more than {limit} bytes come through this pipe; at most so many are read here.");
            bytes.Write(buffer, 0, count);
        }
        return bytes.ToArray();
    }
}
