namespace AlignT2I.Files;

/// <summary>The file system refused: disk full, read-only, no permission, in use. Programs end with exit code 3.</summary>
public sealed class StorageException : Exception
{
    const int NoSpaceOnDevice = 28, ReadOnlyFileSystem = 30, QuotaExceeded = 122;     // errno values on Linux
    const int WindowsDiskFull = unchecked((int)0x80070070), WindowsHandleDiskFull = unchecked((int)0x80070027);
    const int WindowsSharingViolation = unchecked((int)0x80070020), WouldBlock = 11;

    /// <summary>Makes the message <c>path: problem</c>.</summary>
    /// <param name="path">The file or folder, as the caller named it.</param>
    /// <param name="problem">What was being done, what refused it, and what to do.</param>
    /// <param name="cause">The error underneath, if any.</param>
    public StorageException(string path, string problem, Exception? cause = null)
        : base($"{path}: {problem}", cause) => Path = path;

    /// <summary>The file or folder, as the caller named it.</summary>
    public string Path { get; }

    /// <summary>Whether an error comes from the file system, so that <see cref="From"/> can put it into words.</summary>
    /// <param name="error">Any error.</param>
    public static bool Covers(Exception error) => error is IOException or UnauthorizedAccessException;

    /// <summary>Whether another process has the file open in a way that excludes us.</summary>
    internal static bool IsInUse(IOException error) => error.HResult is WouldBlock or WindowsSharingViolation;

    /// <summary>Puts an error of the file system into a sentence that says what to do.</summary>
    /// <param name="error">An <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</param>
    /// <param name="path">The file or folder it happened on.</param>
    /// <param name="verb">What could not be done: "written", "opened", "created".</param>
    public static StorageException From(Exception error, string path, string verb)
    {
        string why = error switch
        {
            UnauthorizedAccessException when Directory.Exists(path) => "it is a folder; name a file",
            UnauthorizedAccessException => "permission was denied; choose another place or change the permissions",
            DirectoryNotFoundException => "its folder does not exist; create the folder or choose another place",
            PathTooLongException => "the path is too long; choose a shorter one",
            IOException io => Explain(io),
            _ => error.Message,
        };
        return new StorageException(path, $"cannot be {verb}: {why}.", error);
    }

    static string Explain(IOException error) => error.HResult switch
    {
        NoSpaceOnDevice or QuotaExceeded or WindowsDiskFull or WindowsHandleDiskFull
            => "the disk is full; free some space or choose another disk, then run the same command again",
        ReadOnlyFileSystem => "the file system is read-only; choose another place",
        _ when IsInUse(error) => "another process has it open; wait for that process to end",
        _ => error.Message.TrimEnd('.'),
    };
}
