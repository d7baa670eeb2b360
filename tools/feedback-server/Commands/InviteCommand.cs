using System.CommandLine;
using AlignT2I.FeedbackServer.Storage;
using AlignT2I.FeedbackServer.Studies;
using AlignT2I.Files;

namespace AlignT2I.FeedbackServer.Commands;

/// <summary><c>feedback-server invite</c>: links for raters and administrators while the server is stopped.</summary>
internal static class InviteCommand
{
    static readonly Option<DirectoryInfo> run = StudyCommand.Run();
    static readonly Option<string?> database = StudyCommand.Database();
    static readonly Option<string[]> name = new("--name") { Description = "who is invited; may be given several times", Required = true };
    static readonly Option<bool> administrator = new("--administrator") { Description = "invite as administrator" };

    static readonly Option<string> url = new("--url")
    {
        Description = "where the server will be",
        DefaultValueFactory = _ => "http://127.0.0.1:8080",
    };

    public static Command Create()
    {
        var command = new Command("invite", "Print links for raters; for a name that is known, a new link in place of the former.")
            { run, database, name, administrator, url };
        command.SetAction((parse, _) => InviteAsync(
            StudyCommand.Existing(parse.GetRequiredValue(run)), parse.GetValue(database), parse.GetRequiredValue(name),
            parse.GetValue(administrator),
            parse.GetRequiredValue(url).TrimEnd('/')));
        return command;
    }

    static async Task<int> InviteAsync(string runFolder, string? connection, string[] names, bool isAdministrator, string url)
    {
        using Database database = Database.Open(runFolder, connection);
        await using Desk desk = Desk.Open(database, () => RunImages.Read(runFolder), new StudyOptions());
        foreach (string person in names)
        {
            string token = await desk.ChangeAsync((study, now, journal) => study.People.Find(person.Trim()) is { } known
                ? People.NewToken(known, journal) : study.People.Invite(person, isAdministrator, now, journal).Token);
            Console.Out.WriteLine($"{person}  {Welcome.Link(url, token)}");
        }
        return 0;
    }
}
