using AlignT2I.FeedbackServer.Storage;
using AlignT2I.FeedbackServer.Studies;
using AlignT2I.Files;

namespace AlignT2I.FeedbackServer.Commands;

/// <summary>What the server says when it has started.</summary>
internal static class Welcome
{
    const string Administrator = "administrator", FirstRater = "rater-1";

    /// <summary>Prints where the pages are; for a new study with the links of its administrator and of a first rater.</summary>
    public static async Task PrintAsync(Desk desk, string url, string runFolder, TextWriter output)
    {
        (int images, bool isNew) = desk.Read(study => (study.Gallery.All.Count, !study.People.HasAdministrator));
        output.WriteLine($"{Printable.Count(images, "image")} to judge; listening on {url}");
        if (images == 0)
            output.WriteLine($"Nothing to label yet: draw images with 'align generate --run {runFolder}', then start again.");
        if (isNew)
        {
            (string administrator, string rater) = await desk.ChangeAsync((study, now, journal) =>
                (study.People.Invite(Administrator, administrator: true, now, journal).Token,
                study.People.Find(FirstRater) is null ? study.People.Invite(FirstRater, administrator: false, now, journal).Token : ""));
            output.WriteLine($"  administer:  {Link(url, administrator)}");
            if (rater.Length > 0)
                output.WriteLine($"  label:       {Link(url, rater)}");
            output.WriteLine("Keep the links: they are not shown again (feedback-server invite makes others). Stop with Ctrl-C.");
        }
        output.Flush();
    }

    /// <summary>The token is behind a #, which browsers do not send: no log has it.</summary>
    public static string Link(string url, string token) => $"{url}/join#{token}";
}
