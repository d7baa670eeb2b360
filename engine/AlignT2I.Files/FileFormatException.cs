namespace AlignT2I.Files;

/// <summary>The content of a file is not what its format or its reader demands. Programs end with exit code 2.</summary>
public sealed class FileFormatException : Exception
{
    /// <summary>Makes the message <c>path: problem</c>.</summary>
    /// <param name="path">The file, as the caller named it; with a line number where there is one: <c>feedback.jsonl:12</c>.</param>
    /// <param name="problem">What was found, what was expected and what to do.</param>
    /// <param name="cause">The error underneath, if any.</param>
    public FileFormatException(string path, string problem, Exception? cause = null)
        : base($"{path}: {problem}", cause) => Path = path;

    /// <summary>The file, as the caller named it; with a line number where there is one.</summary>
    public string Path { get; }
}
