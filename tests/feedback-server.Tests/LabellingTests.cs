using System.Net;
using AlignT2I.Feedback;
using AlignT2I.FeedbackServer.Api;
using AlignT2I.FeedbackServer.Storage;
using AlignT2I.FeedbackServer.Studies;
using Microsoft.EntityFrameworkCore;

namespace AlignT2I.FeedbackServer.Tests;

/// <summary>Queries out, labels in: on both databases, through the real server.</summary>
[TestFixture(Store.Sqlite)]
[TestFixture(Store.Postgres)]
internal sealed class LabellingTests(Store store)
{
    [Test]
    public async Task Each_image_goes_to_R_raters_evenly_and_never_twice_to_one()
    {
        using var folder = new StudyFolder(prompts: 5, imagesPerPrompt: 4);      // 5 triples and 5 single images
        await using TestServer server = await TestServer.StartAsync(folder, store, new StudyOptions { RatersPerImage = 2 });
        Rater[] raters = [await server.InviteAsync("anna"), await server.InviteAsync("ben"), await server.InviteAsync("carla")];
        var random = new Random(1);
        var left = new List<Rater>(raters);
        while (left.Count > 0)
        {
            Rater rater = left[random.Next(left.Count)];
            LabelReply reply = await rater.QueriesAsync();
            if (reply.Queries.Count == 0)
                left.Remove(rater);
            else
                await rater.LabelAllAsync(reply.Queries[0], FeedbackLabel.Good);
            int[] loads = server.Desk.Read(study => study.Labelling.Schedule.Items.Select(i => i.Load).ToArray());
            Assert.That(loads.Max() - loads.Min(), Is.LessThanOrEqualTo(1), "work is handed out evenly");
        }
        LabelRow[] labels = server.Stored(context => context.Labels.ToArray());
        Assert.That(labels, Has.Length.EqualTo(2 * 20));
        Assert.That(labels.GroupBy(l => l.ImageId).Select(g => g.Count()), Has.All.EqualTo(2));
        Assert.That(labels.Select(l => (l.RaterId, l.ImageId)), Is.Unique);
        foreach (Rater rater in raters)
            rater.Dispose();
    }

    [Test]
    public async Task A_reload_shows_the_same_query_and_a_closed_tab_gives_it_to_others()
    {
        using var folder = new StudyFolder(prompts: 2);
        await using TestServer server = await TestServer.StartAsync(folder, store, new StudyOptions { RatersPerImage = 1 });
        using Rater anna = await server.InviteAsync("anna"), ben = await server.InviteAsync("ben");
        LabelReply first = await anna.QueriesAsync();
        Assert.That(first.Queries, Has.Count.EqualTo(2), "the query shown and the one after it");
        Assert.That((await anna.QueriesAsync()).Queries.Select(q => q.Key), Is.EqualTo(first.Queries.Select(q => q.Key)));
        Assert.That((await ben.QueriesAsync()).Queries, Is.Empty, "anna holds all");

        server.Clock.Advance(100);
        await anna.Client.PostAsync("/api/heartbeat", new StringContent("{}", null, "application/json"));
        server.Clock.Advance(100);
        Assert.That((await ben.QueriesAsync()).Queries, Is.Empty, "anna's page was heard of");

        server.Clock.Advance(121);
        await ben.QueriesAsync();       // this request finds the leases at their end
        Assert.That((await ben.QueriesAsync()).Queries, Has.Count.EqualTo(2));
        using HttpResponseMessage late = await anna.SendLabelAsync(
            first.Queries[0], FeedbackLabel.Good, FeedbackLabel.Bad, FeedbackLabel.Skip);
        Assert.That(late.StatusCode, Is.EqualTo(HttpStatusCode.Gone), "others do that work now");
    }

    [Test]
    public async Task A_clock_that_is_set_back_makes_no_lease_longer_and_undo_takes_the_last_answer_after_a_restart()
    {
        using var folder = new StudyFolder(prompts: 4);
        await using TestServer server = await TestServer.StartAsync(folder, store, new StudyOptions { RatersPerImage = 1 });
        using Rater anna = await server.InviteAsync("anna"), ben = await server.InviteAsync("ben");
        LabelReply reply = await anna.LabelAllAsync((await anna.QueriesAsync()).Queries[0], FeedbackLabel.Good);
        server.Clock.Advance(-3600);
        string last = reply.Queries[0].Key;
        await anna.LabelAllAsync(reply.Queries[0], FeedbackLabel.Good);
        server.Clock.Advance(-3600);
        await server.InviteAsync("somebody who makes the server look at the clock");
        server.Clock.Advance(121);
        Assert.That((await ben.QueriesAsync()).Queries, Has.Count.EqualTo(2), "anna's page was not heard of for two minutes");
        await server.RestartAsync();
        using Rater again = await Rater.SignInAsync(server.Url, "anna", anna.Token);
        Assert.That((await again.QueriesAsync()).Progress.LastAnswered, Is.EqualTo(last));
    }

    [Test]
    public async Task A_late_answer_counts_while_nobody_else_has_the_work()
    {
        using var folder = new StudyFolder(prompts: 1);
        await using TestServer server = await TestServer.StartAsync(folder, store, new StudyOptions { RatersPerImage = 1 });
        using Rater anna = await server.InviteAsync("anna"), ben = await server.InviteAsync("ben");
        LabelQuery query = (await anna.QueriesAsync()).Queries[0];
        server.Clock.Advance(1000);
        await server.InviteAsync("somebody who makes the server look at the clock");
        await anna.LabelAllAsync(query, FeedbackLabel.Bad);
        Assert.That(server.Stored(c => c.Labels.Count()), Is.EqualTo(3));
        Assert.That((await ben.QueriesAsync()).Queries, Is.Empty);
    }

    [Test]
    public async Task The_same_answer_sent_again_is_acknowledged_and_stored_once()
    {
        using var folder = new StudyFolder(prompts: 2);
        await using TestServer server = await TestServer.StartAsync(folder, store);
        using Rater anna = await server.InviteAsync("anna");
        LabelQuery query = (await anna.QueriesAsync()).Queries[0];
        FeedbackLabel[] labels = [FeedbackLabel.Good, FeedbackLabel.Skip, FeedbackLabel.Bad];
        LabelReply first = await anna.LabelAsync(query, labels), again = await anna.LabelAsync(query, labels);
        Assert.That(again.Progress, Is.EqualTo(first.Progress));
        using HttpResponseMessage other = await anna.SendLabelAsync(query, FeedbackLabel.Bad, FeedbackLabel.Bad, FeedbackLabel.Bad);
        Assert.That(other.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        await server.RestartAsync();
        using Rater back = await Rater.SignInAsync(server.Url, "anna", anna.Token);
        await back.LabelAsync(query, labels);
        Assert.That(server.Stored(c => c.Labels.OrderBy(l => l.Id).Select(l => l.Label).ToArray()), Is.EqualTo(labels));
    }

    [Test]
    public async Task Undo_is_another_row_and_the_same_images_come_back()
    {
        using var folder = new StudyFolder(prompts: 2);
        await using TestServer server = await TestServer.StartAsync(folder, store);
        using Rater anna = await server.InviteAsync("anna");
        LabelQuery query = (await anna.QueriesAsync()).Queries[0];
        LabelReply answered = await anna.LabelAsync(query, FeedbackLabel.Good, FeedbackLabel.Bad, FeedbackLabel.Good);
        Assert.That(answered.Progress.LastAnswered, Is.EqualTo(query.Key));
        LabelReply undone = await anna.UndoAsync(query.Key);
        Assert.That(undone.Queries[0].Prompt, Is.EqualTo(query.Prompt));
        Assert.That(undone.Queries[0].Key, Is.Not.EqualTo(query.Key));
        Assert.That(undone.Before, Is.EqualTo(new[] { FeedbackLabel.Good, FeedbackLabel.Bad, FeedbackLabel.Good }));
        Assert.That((await anna.UndoAsync(query.Key)).Queries[0].Key, Is.EqualTo(undone.Queries[0].Key), "an undo sent twice undoes once");
        Assert.That(server.Desk.Read(s => s.Feedback()), Is.Empty);
        await anna.LabelAllAsync(undone.Queries[0], FeedbackLabel.Bad);
        Assert.That(server.Stored(c => c.Labels.OrderBy(l => l.Id).Select(l => l.IsUndo).ToArray()),
            Is.EqualTo(new[] { false, false, false, true, true, true, false, false, false }));
        await server.RestartAsync();
        Assert.That(server.Desk.Read(s => s.Feedback().Select(f => f.Label)), Is.All.EqualTo(FeedbackLabel.Bad).And.Exactly(3).Items);
    }

    [Test]
    public async Task A_restart_forgets_nothing_that_was_leased_or_said()
    {
        using var folder = new StudyFolder(prompts: 6);
        await using TestServer server = await TestServer.StartAsync(folder, store);
        using Rater anna = await server.InviteAsync("anna");
        LabelReply before = await anna.LabelAllAsync((await anna.QueriesAsync()).Queries[0], FeedbackLabel.Good);
        await server.RestartAsync();
        using Rater back = await Rater.SignInAsync(server.Url, "anna", anna.Token);
        LabelReply after = await back.QueriesAsync();
        Assert.That(after.Queries.Select(q => q.Key), Is.EqualTo(before.Queries.Select(q => q.Key)));
        Assert.That(after.Progress, Is.EqualTo(before.Progress));
    }

    [Test]
    public async Task Images_drawn_later_are_asked_after_a_restart()
    {
        using var folder = new StudyFolder(prompts: 1);
        await using TestServer server = await TestServer.StartAsync(folder, store);
        using Rater anna = await server.InviteAsync("anna");
        await anna.LabelAllAsync((await anna.QueriesAsync()).Queries[0], FeedbackLabel.Good);
        folder.AddSet("", prompts: 3, imagesPerPrompt: 3);
        await server.RestartAsync();
        using Rater back = await Rater.SignInAsync(server.Url, "anna", anna.Token);
        Assert.That((await back.QueriesAsync()).Queries.Select(q => q.Prompt),
            Is.EquivalentTo(new[] { StudyFolder.PromptOf(1), StudyFolder.PromptOf(2) }));
    }

    [TestCase("[\"good\"]", HttpStatusCode.BadRequest)]
    [TestCase("[\"good\",\"fine\",\"bad\"]", HttpStatusCode.BadRequest)]
    [TestCase("[1,1,1]", HttpStatusCode.BadRequest)]
    [TestCase("null", HttpStatusCode.BadRequest)]
    public async Task A_malformed_answer_is_refused_and_stores_nothing(string labels, HttpStatusCode status)
    {
        using var folder = new StudyFolder(prompts: 1);
        await using TestServer server = await TestServer.StartAsync(folder, store);
        using Rater anna = await server.InviteAsync("anna");
        LabelQuery query = (await anna.QueriesAsync()).Queries[0];
        using HttpResponseMessage response = await anna.Client.PostAsync(
            "/api/label", new StringContent($$"""{"query":"{{query.Key}}","labels":{{labels}}}""", null, "application/json"));
        Assert.That(response.StatusCode, Is.EqualTo(status));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.StartWith("{\"error\":").And.Not.Contain("   at "));
        Assert.That(server.Stored(c => c.Labels.Count()), Is.Zero);
    }

    [Test]
    public async Task What_the_database_refuses_is_not_acknowledged_and_can_be_sent_again()
    {
        using var folder = new StudyFolder(prompts: 2);
        await using TestServer server = await TestServer.StartAsync(folder, store);
        using Rater anna = await server.InviteAsync("anna");
        LabelQuery query = (await anna.QueriesAsync()).Queries[0];
        server.Stored(c => c.Database.ExecuteSqlRaw("ALTER TABLE \"Labels\" RENAME TO \"Hidden\""));
        for (int attempt = 0; attempt < 2; attempt++)
        {
            using HttpResponseMessage refused = await anna.SendLabelAsync(
                query, FeedbackLabel.Good, FeedbackLabel.Good, FeedbackLabel.Bad);
            Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        }
        server.Stored(c => c.Database.ExecuteSqlRaw("ALTER TABLE \"Hidden\" RENAME TO \"Labels\""));
        LabelReply reply = await anna.LabelAsync(query, FeedbackLabel.Good, FeedbackLabel.Good, FeedbackLabel.Bad);
        Assert.That(reply.Progress.Answered, Is.EqualTo(1));
        Assert.That(server.Stored(c => c.Labels.Count()), Is.EqualTo(3));
    }
}
