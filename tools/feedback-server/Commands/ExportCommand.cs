using System.CommandLine;
using AlignT2I.Feedback;
using AlignT2I.FeedbackServer.Api;
using AlignT2I.FeedbackServer.Exchange;
using AlignT2I.FeedbackServer.Storage;
using AlignT2I.FeedbackServer.Studies;
using AlignT2I.Files;

namespace AlignT2I.FeedbackServer.Commands;

/// <summary><c>feedback-server export</c>: the labels as a file while the server is stopped.</summary>
internal static class ExportCommand
{
    static readonly Option<DirectoryInfo> run = StudyCommand.Run();
    static readonly Option<string?> database = StudyCommand.Database();

    static readonly Option<FileInfo?> output = new("--output")
    {
        Description = "file to write: .jsonl, .csv, or .json for Label Studio [default: the run's feedback.jsonl]",
    };

    static readonly Option<FileInfo?> votes = new("--votes")
    {
        Description = "file to write the votes of comparisons to, .jsonl, in place of the labels; "
            + "'align evaluate --votes' makes Fig. 3 of it",
    };

    public static Command Create()
    {
        var command = new Command(
            "export",
            "Write the labels that count: into the run's feedback.jsonl, or into a file for other programs; or the votes of comparisons.")
            { run, database, output, votes };
        command.SetAction((parse, _) =>
        {
            string runFolder = StudyCommand.Existing(parse.GetRequiredValue(run));
            string? labelFile = parse.GetValue(output)?.ToString();
            return parse.GetValue(votes)?.ToString() is not { } voteFile ? ExportAsync(runFolder, parse.GetValue(database), labelFile)
                : labelFile is null ? ExportVotesAsync(runFolder, parse.GetValue(database), voteFile)
                : throw new UsageException("export: --output is for labels, --votes for votes; give one of them.");
        });
        return command;
    }

    static async Task<int> ExportVotesAsync(string runFolder, string? connection, string file)
    {
        using Database database = Database.Open(runFolder, connection);
        await using Desk desk = Desk.Open(database, () => RunImages.Read(runFolder), new StudyOptions());
        IReadOnlyList<ComparisonVote> all = desk.Read(VoteExport.Of);
        AtomicFile.WriteAllText(file, VoteExport.Write(all));
        Console.Out.WriteLine($"{Printable.Count(all.Count, "vote is", "votes are")} in {file}.");
        return 0;
    }

    static async Task<int> ExportAsync(string runFolder, string? connection, string? file)
    {
        using Database database = Database.Open(runFolder, connection);
        await using Desk desk = Desk.Open(database, () => RunImages.Read(runFolder), new StudyOptions());
        int labels = desk.Read(study => study.Feedback().Length);
        if (file is null)
        {
            file = desk.Publish(runFolder, out labels);
        }
        else
        {
            FeedbackFormat format = Path.GetExtension(file).ToLowerInvariant() switch
            {
                ".jsonl" => FeedbackFormat.Jsonl,
                ".csv" => FeedbackFormat.Csv,
                ".json" => FeedbackFormat.LabelStudio,
                _ => throw new UsageException($"--output {file}: the name ends neither with .jsonl, .csv nor .json (Label Studio)."),
            };
            AtomicFile.WriteAllText(file, desk.Read(study => FeedbackExchange.Write(format, study.Feedback(), study.ImageList())));
        }
        Console.Out.WriteLine($"{Printable.Count(labels, "label is", "labels are")} in {file}.");
        return 0;
    }
}
