using AlignT2I.Files;

namespace AlignT2I.CommandLine;

/// <summary>The run folder of a command that goes on with one.</summary>
public static class RunPath
{
    /// <summary>The folder's path.</summary>
    /// <exception cref="UsageException">There is no such folder: a misspelled name must not make a new one.</exception>
    public static string Existing(DirectoryInfo folder) => folder.Exists ? folder.ToString()
        : throw new UsageException(
            $"{folder}: there is no such run folder; make one with 'align prompts' and 'align generate', or correct the name.");
}
