using System.Collections.Concurrent;
using System.Globalization;
using AlignT2I.Feedback;
using AlignT2I.FeedbackServer.Api;
using AlignT2I.FeedbackServer.Storage;
using AlignT2I.FeedbackServer.Studies;

namespace AlignT2I.FeedbackServer.Tests;

/// <summary>What was acknowledged is stored, whenever the server is killed.</summary>
[Category("Slow")]
internal sealed class DurabilityTests
{
    const int Raters = 20, Prompts = 34, ImagesPerPrompt = 3, Kills = 10;

    /// <summary>2,040 labels: 20 raters each judge 34 prompts of three images, while the server is killed ten times.</summary>
    [TestCase(Store.Sqlite)]
    [TestCase(Store.Postgres)]
    public async Task No_label_is_lost_or_doubled_when_the_server_is_killed(Store store)
    {
        using var folder = new StudyFolder(Prompts, ImagesPerPrompt);
        string? database = store == Store.Postgres ? Postgres.NewDatabase() : null;
        string[] tokens = await InviteAsync(folder, database);
        int port = ServerProcess.FreePort();
        string[] arguments =
        [
            "--run", folder.Path, "--port", $"{port}", "--raters-per-image", $"{Raters}", .. database is null ? Array.Empty<string>()
                : ["--database", database],
        ];
        ServerProcess server = await ServerProcess.StartAsync(arguments);
        var acknowledged = new ConcurrentDictionary<string, FeedbackLabel[]>();
        int retries = 0;
        var raters = Task.WhenAll(tokens.Select((token, i) => Task.Run(() =>
            JudgeAllAsync($"http://127.0.0.1:{port}", token, new Random(i), acknowledged, () => Interlocked.Increment(ref retries)))));
        for (int kill = 1; kill <= Kills; kill++)
        {
            while (acknowledged.Count < kill * Raters * Prompts / (Kills + 2) && !raters.IsCompleted)
                await Task.Delay(5);
            server.Kill();
            server.Dispose();
            server = await ServerProcess.StartAsync(arguments);
        }
        await raters;
        server.Kill();
        server.Dispose();

        Assert.That(retries, Is.GreaterThanOrEqualTo(Kills), "the server was killed while raters were at work");
        using Database stored = Database.Open(folder.Path, database);
        using StudyContext context = stored.CreateContext();
        LabelRow[] labels = [.. context.Labels];
        Assert.That(labels, Has.Length.EqualTo(Raters * Prompts * ImagesPerPrompt));
        Assert.That(labels.Select(l => (l.RaterId, l.ImageId)), Is.Unique);
        Dictionary<string, QueryRow> queries = context.Queries.ToDictionary(q => q.Key);
        ILookup<long?, LabelRow> byQuery = labels.ToLookup(l => l.QueryId);
        foreach ((string key, FeedbackLabel[] expected) in acknowledged)
        {
            int[] images = [.. queries[key].Subject.Split(' ').Select(i => int.Parse(i, CultureInfo.InvariantCulture))];
            Dictionary<int, FeedbackLabel> found = byQuery[queries[key].Id].ToDictionary(l => l.ImageId, l => l.Label);
            Assert.That(images.Select(i => found[i]), Is.EqualTo(expected), key);
        }
        Assert.That(acknowledged, Has.Count.EqualTo(Raters * Prompts));
    }

    static async Task<string[]> InviteAsync(StudyFolder folder, string? database)
    {
        using Database opened = Database.Open(folder.Path, database);
        await using Desk desk = Desk.Open(opened, () => RunImages.Read(folder.Path), new StudyOptions());
        return await desk.ChangeAsync((study, now, journal) =>
        {
            study.People.Invite("administrator", administrator: true, now, journal);
            return Enumerable.Range(0, Raters).Select(i => study.People.Invite($"rater {i}", administrator: false, now, journal).Token)
                .ToArray();
        });
    }

    /// <summary>Labels until there is nothing left; sends an answer again until it is acknowledged, as the page does.</summary>
    static async Task JudgeAllAsync(
        string url, string token, Random random, ConcurrentDictionary<string, FeedbackLabel[]> acknowledged, Action retry)
    {
        using Rater rater = await UntilAnsweredAsync(() => Rater.SignInAsync(url, "", token), retry);
        LabelReply reply = await UntilAnsweredAsync(rater.QueriesAsync, retry);
        while (reply.Queries.Count > 0)
        {
            LabelQuery query = reply.Queries[0];
            FeedbackLabel[] labels = [.. query.Images.Select(_ => (FeedbackLabel)random.Next(3))];
            reply = await UntilAnsweredAsync(() => rater.LabelAsync(query, labels), retry);
            Assert.That(acknowledged.TryAdd(query.Key, labels), Is.True, "a query that was answered is not asked again");
        }
    }

    static async Task<T> UntilAnsweredAsync<T>(Func<Task<T>> request, Action retry)
    {
        while (true)
        {
            try
            {
                return await request();
            }
            catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException)
            {
                retry();
                await Task.Delay(20);
            }
        }
    }
}
