using System.Net;
using AlignT2I.Feedback;
using AlignT2I.FeedbackServer.Api;
using AlignT2I.FeedbackServer.Figures;
using AlignT2I.FeedbackServer.Storage;
using AlignT2I.FeedbackServer.Studies;

namespace AlignT2I.FeedbackServer.Tests;

/// <summary>What administrators do, and the figures they see.</summary>
[TestFixture(Store.Sqlite)]
[TestFixture(Store.Postgres)]
internal sealed class AdministrationTests(Store store)
{
    /// <summary>Labels everything the same way.</summary>
    static async Task LabelAllAsync(Rater rater, Func<LabelQuery, FeedbackLabel> label)
    {
        for (LabelReply reply = await rater.QueriesAsync(); reply.Queries.Count > 0;)
            reply = await rater.LabelAllAsync(reply.Queries[0], label(reply.Queries[0]));
    }

    [Test]
    public async Task Agreement_and_table_1_are_live_and_an_excluded_rater_does_not_count()
    {
        using var folder = new StudyFolder(prompts: 4);
        await using TestServer server = await TestServer.StartAsync(folder, store);
        using Rater admin = await server.InviteAsync("admin", administrator: true);
        using Rater anna = await server.InviteAsync("anna"), ben = await server.InviteAsync("ben"),
            carla = await server.InviteAsync("carla");
        static FeedbackLabel Honest(LabelQuery q) => q.Prompt == StudyFolder.PromptOf(0) ? FeedbackLabel.Bad : FeedbackLabel.Good;
        await LabelAllAsync(anna, Honest);
        await LabelAllAsync(ben, Honest);
        await LabelAllAsync(carla, q => Honest(q) == FeedbackLabel.Good ? FeedbackLabel.Bad : FeedbackLabel.Good);
        Overview all = await admin.OverviewAsync();
        Assert.That(all.Agreement.Percent, Is.EqualTo(1.0 / 3).Within(1e-12), "one pair of three agrees");
        Assert.That(all.Majority, Is.EqualTo(new MajorityFigures(9, 3, 0)));
        Assert.That(all.StudyShare, Is.EqualTo(1));

        await admin.PostAsync("raters/4/status", """{"status":"excluded"}""");
        Overview without = await admin.OverviewAsync();
        Assert.That((without.Agreement.Percent, without.Agreement.FleissKappa, without.Agreement.KrippendorffAlpha),
            Is.EqualTo((1.0, 1.0, 1.0)));
        Assert.That(without.Labels, Is.EqualTo(24));
        Assert.That(without.Categories.Select(c => (c.Category, c.Images, c.Good, c.Bad, c.Skip)), Is.EqualTo(new[]
        {
            ("background", 3, 6, 0, 0), ("color", 3, 6, 0, 0), ("combination", 3, 6, 0, 0), ("count", 3, 0, 6, 0), ("total", 12, 18, 6, 0),
        }));
        Assert.That((await carla.Client.GetAsync("/api/label")).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(server.Stored(c => c.Labels.Count()), Is.EqualTo(36), "the labels are kept");
        Assert.That(without.StudyShare, Is.EqualTo(2.0 / 3).Within(1e-12), "the images go to others");

        await admin.PostAsync("raters/4/status", """{"status":"active"}""");
        Assert.That((await admin.OverviewAsync()).Labels, Is.EqualTo(36));
    }

    [Test]
    public async Task Gold_questions_come_with_every_nth_query_and_are_counted()
    {
        using var folder = new StudyFolder(prompts: 12);
        await using TestServer server = await TestServer.StartAsync(
            folder, store, new StudyOptions { RatersPerImage = 1, GoldInterval = 3 });
        using Rater admin = await server.InviteAsync("admin", administrator: true);
        await admin.PostAsync("gold", """{"image":1,"answer":"good"}""");
        await admin.PostAsync("gold", """{"image":2,"answer":"bad"}""");
        foreach (string name in new[] { "anna", "ben" })
        {
            using Rater rater = await server.InviteAsync(name);
            List<string> prompts = [];
            LabelReply reply = await rater.QueriesAsync();
            for (int query = 0; query < 4; query++)
            {
                prompts.Add(reply.Queries[0].Prompt);
                reply = await rater.LabelAllAsync(reply.Queries[0], FeedbackLabel.Good);
            }
            Assert.That(prompts, Does.Contain(StudyFolder.PromptOf(0)).And.Unique, "though one rater would do");
            Assert.That(prompts.IndexOf(StudyFolder.PromptOf(0)), Is.LessThanOrEqualTo(2));
        }
        Overview overview = await admin.OverviewAsync();
        Assert.That(overview.Raters.Where(r => !r.IsAdministrator).Select(r => (r.GoldRight, r.GoldAnswered)), Is.All.EqualTo((1, 2)));
        Assert.That(overview.Raters.Single(r => r.Name == "anna").MedianSeconds, Is.EqualTo(1.5));
        Assert.That(overview.GoldQuestions, Is.EqualTo(2));
    }

    [Test]
    public async Task A_paused_study_hands_out_nothing_and_takes_what_is_under_way()
    {
        using var folder = new StudyFolder(prompts: 4);
        await using TestServer server = await TestServer.StartAsync(folder, store);
        using Rater admin = await server.InviteAsync("admin", administrator: true), anna = await server.InviteAsync("anna"),
            ben = await server.InviteAsync("ben");
        LabelReply held = await anna.QueriesAsync();
        await admin.PostAsync("pause", """{"on":true}""");
        LabelReply none = await ben.QueriesAsync();
        Assert.That((none.Queries.Count, none.IsPaused), Is.EqualTo((0, true)));
        LabelReply after = await anna.LabelAllAsync(held.Queries[0], FeedbackLabel.Good);
        Assert.That(after.Queries, Has.Count.EqualTo(1), "the one that was loaded ahead, and no more");
        await server.RestartAsync();
        Assert.That(server.Desk.Read(s => s.IsPaused), Is.True);
    }

    [TestCase("invite", """{"name":"anna"}""", HttpStatusCode.Conflict)]
    [TestCase("invite", """{"name":"  "}""", HttpStatusCode.BadRequest)]
    [TestCase("invite", """{"name":"a\nb"}""", HttpStatusCode.BadRequest)]
    [TestCase("raters/1/status", """{"status":"excluded"}""", HttpStatusCode.BadRequest)]
    [TestCase("raters/77/status", """{"status":"paused"}""", HttpStatusCode.NotFound)]
    [TestCase("raters/2/status", """{"status":"sad"}""", HttpStatusCode.BadRequest)]
    [TestCase("gold", """{"image":1,"answer":"skip"}""", HttpStatusCode.BadRequest)]
    [TestCase("gold", """{"image":999,"answer":"good"}""", HttpStatusCode.NotFound)]
    public async Task What_makes_no_sense_is_refused_with_a_sentence(string path, string json, HttpStatusCode status)
    {
        using var folder = new StudyFolder(prompts: 1);
        await using TestServer server = await TestServer.StartAsync(folder, store);
        using Rater admin = await server.InviteAsync("admin", administrator: true), anna = await server.InviteAsync("anna");
        using HttpResponseMessage response = await admin.Client.PostAsync(
            $"/api/admin/{path}", new StringContent(json, null, "application/json"));
        Assert.That(response.StatusCode, Is.EqualTo(status));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.StartWith("{\"error\":"));
    }
}
