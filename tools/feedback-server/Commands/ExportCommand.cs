using System.CommandLine;
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

    public static Command Create()
    {
        var command = new Command(
            "export", "Write the labels that count: into the run's feedback.jsonl, or into a file for other programs.")
            { run, database, output };
        command.SetAction((parse, _) => ExportAsync(
            StudyCommand.Existing(parse.GetRequiredValue(run)), parse.GetValue(database), parse.GetValue(output)?.ToString()));
        return command;
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
        Console.Out.WriteLine($"{labels} labels are in {file}.");
        return 0;
    }
}
