using System.CommandLine;

namespace AlignT2I.FeedbackServer.Commands;

/// <summary>Options that name a study.</summary>
internal static class StudyCommand
{
    public static Option<DirectoryInfo> Run() => new("--run")
    {
        Description = "run folder: prompts.jsonl, images.jsonl and images/; the study is stored in its feedback/", Required = true,
    };

    public static Option<string?> Database() => new("--database")
    {
        Description = "store the study in PostgreSQL: \"Host=localhost;Database=study;Username=me\" [default: SQLite in the run folder]",
    };
}
