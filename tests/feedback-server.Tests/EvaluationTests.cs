using System.Text.Json;
using AlignT2I.Feedback;
using AlignT2I.FeedbackServer.Api;
using AlignT2I.FeedbackServer.Exchange;
using AlignT2I.FeedbackServer.Figures;
using AlignT2I.FeedbackServer.Storage;
using AlignT2I.FeedbackServer.Studies;

namespace AlignT2I.FeedbackServer.Tests;

/// <summary>Human evaluation: pairs out, votes in, Fig. 3 out.</summary>
[TestFixture(Store.Sqlite)]
[TestFixture(Store.Postgres)]
internal sealed class EvaluationTests(Store store)
{
    /// <summary>Nine raters and three prompts. The sides are recognised by the images themselves: the second set's are another
    /// picture.</summary>
    [Test]
    public async Task Nine_raters_judge_each_prompt_and_the_histogram_counts_them()
    {
        using StudyFolder folder = new StudyFolder(prompts: 1).AddSet("evaluation/original", 3, 2).AddSet("evaluation/full", 3, 4);
        await using TestServer server = await TestServer.StartAsync(folder, store);
        using Rater admin = await server.InviteAsync("admin", administrator: true);
        await admin.PostAsync("comparisons", """{"first":"evaluation/original","second":"evaluation/full","imagesPerPrompt":2}""");
        int swapped = 0;
        for (int i = 0; i < 10; i++)
        {
            using Rater rater = await server.InviteAsync($"rater {i}");
            CompareReply reply = await rater.PairsAsync();
            Assert.That(reply.Queries, Has.Count.EqualTo(i == 9 ? 0 : 2), "the tenth rater is not needed");
            while (reply.Queries.Count > 0)
            {
                CompareQuery query = reply.Queries[0];
                bool isSwapped = server.Stored(c => c.Queries.Single(q => q.Key == query.Key).Swapped);
                swapped += isSwapped ? 1 : 0;
                int prompt = int.Parse(query.Prompt[^1..]);
                // Prompt 0: eight for the second set, one tie. Prompt 1: six for the second. Prompt 2: all ties.
                Preference wanted = prompt switch
                {
                    0 => i < 8 ? Preference.Second : Preference.Tie,
                    1 => i < 6 ? Preference.Second : Preference.First,
                    _ => Preference.Tie,
                };
                Preference seen = isSwapped ? Turned(wanted) : wanted;
                reply = await rater.VoteAsync(query, seen, Preference.Tie);
            }
        }
        await server.RestartAsync();
        using Rater again = await Rater.SignInAsync(server.Url, "admin", admin.Token);
        ComparisonFigures comparison = (await again.OverviewAsync()).Comparisons.Single();
        Assert.That(comparison, Has.Property("Prompts").EqualTo(3).And.Property("Complete").EqualTo(3).And.Property("Votes").EqualTo(27));
        QuestionFigures alignment = comparison.Alignment;
        Assert.That((alignment.First, alignment.Tie, alignment.Second), Is.EqualTo((3, 10, 14)));
        Assert.That(alignment.SecondHistogram, Is.EqualTo(new[] { 1, 0, 0, 0, 0, 0, 1, 0, 1, 0 }));
        Assert.That(alignment.FirstHistogram, Is.EqualTo(new[] { 2, 0, 0, 1, 0, 0, 0, 0, 0, 0 }));
        Assert.That((alignment.ClearFirst, alignment.ClearTie, alignment.ClearSecond, alignment.Undecided), Is.EqualTo((0, 1, 1, 1)),
            "seven of nine");
        Assert.That(comparison.Fidelity.ClearTie, Is.EqualTo(3));
        Assert.That(swapped, Is.InRange(1, 26), "left and right are drawn by lot");

        string[] lines = VoteExport.Write(server.Desk.Read(VoteExport.Of)).TrimEnd().Split('\n');
        ComparisonVote[] votes = [.. lines.Select(l => JsonSerializer.Deserialize(l, FeedbackJson.Default.ComparisonVote)!)];
        Assert.That(votes.Select(v => (v.First, v.Second, v.Raters)),
            Is.All.EqualTo(("evaluation/original", "evaluation/full", 9)).And.Exactly(27).Items);
        Assert.That(votes.Select(v => (v.Prompt, v.Rater)), Is.Unique);
        Assert.That(votes.Count(v => v.Prompt.EndsWith('0') && v.Alignment == Preference.Second),
            Is.EqualTo(8), "as the raters saw it, not as it was swapped");
    }

    static Preference Turned(Preference preference) => preference switch
    {
        Preference.First => Preference.Second,
        Preference.Second => Preference.First,
        _ => preference,
    };

    [TestCase(9, 7)]
    [TestCase(3, 3)]
    [TestCase(5, 4)]
    [TestCase(18, 14)]
    public void Seven_of_nine_is_the_same_share_of_other_numbers(int raters, int clear)
    {
        Preference[] Votes(int second) =>
            [.. Enumerable.Repeat(Preference.Second, second), .. Enumerable.Repeat(Preference.First, raters - second)];
        QuestionFigures figures = QuestionFigures.Of(raters, [Votes(clear), Votes(clear - 1)]);
        Assert.That((figures.ClearSecond, figures.Undecided), Is.EqualTo((1, 1)));
    }

    [Test]
    public async Task What_cannot_be_compared_is_refused([Values(
        """{"first":"evaluation/original","second":"evaluation/original","imagesPerPrompt":2}""",
        """{"first":"../other","second":"evaluation/original","imagesPerPrompt":2}""",
        """{"first":"","second":"evaluation/original","imagesPerPrompt":10}""",
        """{"first":"","second":"evaluation/original","imagesPerPrompt":9}""")] string request)
    {
        using StudyFolder folder = new StudyFolder(prompts: 1).AddSet("evaluation/original", 3, 2);
        await using TestServer server = await TestServer.StartAsync(folder, store);
        using Rater admin = await server.InviteAsync("admin", administrator: true);
        using HttpResponseMessage response = await admin.Client.PostAsync(
            "/api/admin/comparisons", new StringContent(request, null, "application/json"));
        Assert.That((int)response.StatusCode, Is.EqualTo(400));
    }
}
