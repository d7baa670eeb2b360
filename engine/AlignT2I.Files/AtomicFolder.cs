namespace AlignT2I.Files;

/// <summary>
/// A folder that appears whole or not at all: filled under a temporary name beside its final one, then renamed.
/// Whatever fails or kills the process, nothing half-written has the final name, and an older folder of that name stays as it was.
/// </summary>
/// <remarks>
/// The temporary name is the folder's name with <c>.tmp</c> added; a file in it marks it as unfinished, and only a folder with that mark
/// is taken for what a killed process left and is removed. Write the files in it with <see cref="AtomicFile"/>, which flushes them to the
/// disk.
/// </remarks>
public sealed class AtomicFolder : IDisposable
{
    const string Mark = ".unfinished";

    readonly string path;
    FileStream? mark;

    AtomicFolder(string path, FileStream mark) => (this.path, this.mark, TemporaryPath) = (path, mark, Temporary(path));

    /// <summary>Where the files go until <see cref="Commit"/>.</summary>
    public string TemporaryPath { get; }

    /// <summary>Starts a folder; nothing is seen under its name before <see cref="Commit"/>.</summary>
    /// <param name="path">The final name; the folder around it must exist.</param>
    /// <exception cref="UsageException">The temporary name is taken by something else, or another process is filling it.</exception>
    /// <exception cref="StorageException">It cannot be created.</exception>
    public static AtomicFolder Create(string path)
    {
        path = Path.TrimEndingDirectorySeparator(path);
        string temporary = Temporary(path);
        try
        {
            if (File.Exists(temporary) || (Directory.Exists(temporary) && !File.Exists(Path.Combine(temporary, Mark))))
                throw new UsageException($"{temporary}: this name is needed for the unfinished folder and is taken; remove or rename it.");
            if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
                throw new StorageException(path, "cannot be created: its folder does not exist; create the folder or choose another "
                    + "place.");
            Directory.CreateDirectory(temporary);
            FileStream mark = new(Path.Combine(temporary, Mark), FileMode.Create, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            Clear(temporary);
            return new AtomicFolder(path, mark);
        }
        catch (IOException e) when (StorageException.IsInUse(e))
        {
            throw new UsageException($"{path}: another process is writing this folder; wait for it to end or choose another name.", e);
        }
        catch (Exception e) when (StorageException.Covers(e))
        {
            throw StorageException.From(e, path, "created");
        }
    }

    /// <summary>Gives the folder its final name; an older folder of that name is removed.</summary>
    /// <exception cref="StorageException">It cannot be renamed; the old folder is untouched.</exception>
    public void Commit()
    {
        ObjectDisposedException.ThrowIf(mark is null, this);
        string old = path + ".old.tmp";
        try
        {
            bool replaces = Directory.Exists(path);
            if (replaces)
                Directory.Move(path, old);
            mark.Dispose();
            File.Delete(Path.Combine(TemporaryPath, Mark));
            Directory.Move(TemporaryPath, path);
            mark = null;
            if (replaces)
                Directory.Delete(old, recursive: true);
        }
        catch (Exception e) when (StorageException.Covers(e))
        {
            throw StorageException.From(e, path, "written");
        }
    }

    /// <summary>Removes the unfinished folder unless <see cref="Commit"/> succeeded.</summary>
    public void Dispose()
    {
        if (mark is null)
            return;
        mark.Dispose();
        mark = null;
        try
        {
            Directory.Delete(TemporaryPath, recursive: true);
        }
        catch (Exception e) when (StorageException.Covers(e))
        {
            // What stopped the writing may stop this too; the next writer of the folder removes the leftover.
        }
    }

    static string Temporary(string path) => path + ".tmp";

    static void Clear(string folder)
    {
        foreach (string below in Directory.EnumerateDirectories(folder))
            Directory.Delete(below, recursive: true);
        foreach (string file in Directory.EnumerateFiles(folder).Where(file => Path.GetFileName(file) != Mark))
            File.Delete(file);
    }
}
