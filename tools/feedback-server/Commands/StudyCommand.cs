using System.CommandLine;
using AlignT2I.Files;

namespace AlignT2I.FeedbackServer.Commands;

/// <summary>Options that name a study.</summary>
internal static class StudyCommand
{
    public static Option<DirectoryInfo> Run() => new("--run")
    {
        Description = "run folder: prompts.jsonl, images.jsonl and images/; the study is stored in its feedback/",
        Required = true,
    };

    public static Option<string?> Database() => new("--database")
    {
        Description = "store the study in PostgreSQL: \"Host=localhost;Database=study;Username=me\" [default: SQLite in the run folder]",
    };

    /// <summary>The run folder's path.</summary>
    /// <exception cref="UsageException">There is no such folder: a misspelled name must not make a new one.</exception>
    public static string Existing(DirectoryInfo folder) => folder.Exists ? folder.ToString()
        : throw new UsageException(
            $"{folder}: there is no such run folder; make one with 'align prompts' and 'align generate', or correct the name.");
}
