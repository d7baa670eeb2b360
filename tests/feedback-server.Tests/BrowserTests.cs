using System.Text.Json.Nodes;
using AlignT2I.Feedback;
using AlignT2I.FeedbackServer.Storage;
using AlignT2I.FeedbackServer.Studies;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AlignT2I.FeedbackServer.Tests;

/// <summary>What people do on the pages, in a real browser.</summary>
[TestFixture(Store.Sqlite)]
[TestFixture(Store.Postgres)]
internal sealed class BrowserTests(Store store)
{
    static async Task PressAsync(IPage page, params string[] keys)
    {
        foreach (string key in keys)
            await page.Keyboard.PressAsync(key);
    }

    static FeedbackLabel[] Labels(TestServer server) =>
        server.Stored(c => c.Labels.OrderBy(l => l.Id).Where(l => !l.IsUndo).Select(l => l.Label).ToArray());

    static ILocator Prompt(IPage page) => page.Locator("#prompt");

    [Test]
    public async Task A_whole_session_with_the_keyboard()
    {
        using var folder = new StudyFolder(prompts: 3);
        await using TestServer server = await TestServer.StartAsync(folder, store, realTime: true);
        IPage page = await Browser.OpenAsync(server, await server.TokenAsync("anna"));
        await Expect(page.Locator(".card")).ToHaveCountAsync(3);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Next" })).ToBeDisabledAsync();
        string first = await Prompt(page).InnerTextAsync();

        await PressAsync(page, "g", "b", "1", "b", "3", "s", "Enter");      // the first is changed to bad
        await Expect(Prompt(page)).Not.ToHaveTextAsync(first);
        await Expect(page.Locator("#answered")).ToContainTextAsync("1 answered");
        await Expect(page.Locator("#saved")).ToHaveTextAsync("all saved");
        Assert.That(Labels(server), Is.EqualTo(new[] { FeedbackLabel.Bad, FeedbackLabel.Bad, FeedbackLabel.Skip }));

        await PressAsync(page, "u");
        await Expect(Prompt(page)).ToHaveTextAsync(first);
        await Expect(page.Locator(".card").Nth(2)).ToHaveAttributeAsync("data-label", "skip");
        await PressAsync(page, "1", "g", "Enter");
        await Expect(page.Locator("#answered")).ToContainTextAsync("1 answered");
        await Expect(page.Locator("#saved")).ToHaveTextAsync("all saved");

        for (int query = 0; query < 2; query++)
        {
            string before = await Prompt(page).InnerTextAsync();
            await PressAsync(page, "g", "g", "g", "Enter");
            if (query == 0)
                await Expect(Prompt(page)).Not.ToHaveTextAsync(before);
        }
        await Expect(page.Locator("h1")).ToHaveTextAsync("All done");
        FeedbackRecord[] feedback = server.Desk.Read(s => s.Feedback());
        Assert.That(feedback, Has.Length.EqualTo(9));
        Assert.That(feedback.Where(f => f.Prompt == first).Select(f => f.Label),
            Is.EqualTo(new[] { FeedbackLabel.Good, FeedbackLabel.Bad, FeedbackLabel.Skip }));
        Assert.That(server.Stored(c => c.Queries.Where(q => q.State == QueryState.Answered).All(q => q.ElapsedMs >= 0)), Is.True,
            "time per query");
        await page.Context.CloseAsync();
    }

    [Test]
    public async Task A_whole_session_by_touch_on_a_phone()
    {
        using var folder = new StudyFolder(prompts: 2);
        await using TestServer server = await TestServer.StartAsync(folder, store, realTime: true);
        IPage page = await Browser.OpenAsync(server, await server.TokenAsync("anna"), phone: true);
        for (int query = 0; query < 2; query++)
        {
            await Expect(page.Locator("#answered")).ToContainTextAsync($"{query} answered");
            LocatorBoundingBoxResult last = (await page.Locator(".card").Nth(2).BoundingBoxAsync())!;
            Assert.That(last.Y + last.Height, Is.LessThan(780), "three pictures and the bar below fit on the screen");
            Assert.That(last.X + last.Width, Is.LessThanOrEqualTo(390));
            foreach (int card in new[] { 0, 1, 2 })
                await page.Locator(".card").Nth(card).GetByRole(AriaRole.Button, new() { Name = card == 1 ? "Bad" : "Good" }).TapAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "Next" }).TapAsync();
        }
        await Expect(page.Locator("h1")).ToHaveTextAsync("All done");
        FeedbackLabel[] each = [FeedbackLabel.Good, FeedbackLabel.Bad, FeedbackLabel.Good];
        await Expect(page.Locator("#saved")).ToHaveTextAsync("all saved");
        Assert.That(Labels(server), Is.EqualTo(each.Concat(each)));
        await page.Context.CloseAsync();
    }

    [Test]
    public async Task A_reload_in_the_middle_of_a_query_shows_it_again_and_two_raters_do_not_get_in_each_others_way()
    {
        using var folder = new StudyFolder(prompts: 6);
        await using TestServer server = await TestServer.StartAsync(
            folder, store, new StudyOptions { RatersPerImage = 1 }, realTime: true);
        IPage anna = await Browser.OpenAsync(server, await server.TokenAsync("anna"));
        IPage ben = await Browser.OpenAsync(server, await server.TokenAsync("ben"));
        string first = await Prompt(anna).InnerTextAsync();
        await Expect(Prompt(ben)).Not.ToHaveTextAsync(first);
        await PressAsync(anna, "g", "b");
        await anna.ReloadAsync();
        await Expect(Prompt(anna)).ToHaveTextAsync(first);
        await Task.WhenAll(AllAsync(anna, "g"), AllAsync(ben, "b"));
        FeedbackRecord[] feedback = server.Desk.Read(s => s.Feedback());
        Assert.That(feedback, Has.Length.EqualTo(18));
        Assert.That(feedback.Select(f => f.Image), Is.Unique);
        Assert.That(feedback.Select(f => f.Rater).Distinct(), Is.EquivalentTo(new[] { "anna", "ben" }));
        await anna.Context.CloseAsync();
        await ben.Context.CloseAsync();

        static async Task AllAsync(IPage page, string key)
        {
            while (await page.Locator(".card").CountAsync() > 0)
            {
                await PressAsync(page, "1", key, "2", key, "3", key, "Enter");
                await Expect(page.Locator("#saved")).ToHaveTextAsync("all saved");
            }
        }
    }

    [Test]
    public async Task What_is_answered_offline_is_sent_when_the_network_is_back()
    {
        using var folder = new StudyFolder(prompts: 4);
        await using TestServer server = await TestServer.StartAsync(folder, store, realTime: true);
        IPage page = await Browser.OpenAsync(server, await server.TokenAsync("anna"));
        await Expect(page.Locator(".card")).ToHaveCountAsync(3);
        await page.Context.SetOfflineAsync(true);
        await PressAsync(page, "g", "g", "b", "Enter");
        await Expect(page.Locator("#notice")).ToContainTextAsync("Your last answer is kept here");
        await PressAsync(page, "b", "b", "b", "Enter");     // the query that was loaded ahead
        await Expect(page.Locator("#saved")).ToHaveTextAsync("2 to be sent");
        Assert.That(Labels(server), Is.Empty);
        await page.Context.SetOfflineAsync(false);
        await Expect(page.Locator("#saved")).ToHaveTextAsync("all saved");
        await Expect(page.Locator(".card")).ToHaveCountAsync(3);
        await Expect(page.Locator("#notice")).ToBeHiddenAsync();
        Assert.That(Labels(server), Is.EqualTo(new[]
        {
            FeedbackLabel.Good, FeedbackLabel.Good, FeedbackLabel.Bad, FeedbackLabel.Bad, FeedbackLabel.Bad, FeedbackLabel.Bad,
        }));
        await page.Context.CloseAsync();
    }

    [Test]
    public async Task A_prompt_a_name_and_instructions_are_text_and_nothing_else()
    {
        const string Attack = "<img src=x onerror=\"document.title='hacked'\"><script>document.title='hacked'</script>";
        using var folder = new StudyFolder(prompts: 0);
        folder.AddSet("", 1, 3, _ => Attack);
        await using TestServer server = await TestServer.StartAsync(folder, store, realTime: true);
        using Rater admin = await server.InviteAsync("admin", administrator: true);
        string instructions = $"# {Attack}\n\n- {Attack}\n[good] images/prompt-000-0000.png {Attack}";
        await admin.PostAsync("instructions", new JsonObject { ["text"] = instructions }.ToJsonString());
        IPage page = await Browser.OpenAsync(server, await server.TokenAsync("<b>anna</b>"));
        await Expect(Prompt(page)).ToHaveTextAsync(Attack);
        await page.GotoAsync("/instructions");
        await Expect(page.Locator("#text h2")).ToHaveTextAsync(Attack);
        await Expect(page.Locator("#text figure img")).ToHaveJSPropertyAsync("naturalWidth", 8);
        await Expect(page.Locator(".who")).ToHaveTextAsync("<b>anna</b>");
        IPage adminPage = await Browser.OpenAsync(server, admin.Token, "/admin");
        await Expect(adminPage.Locator("#raters tbody tr").Nth(1).Locator("td").First).ToHaveTextAsync("<b>anna</b>");
        foreach (IPage seen in new[] { page, adminPage })
        {
            Assert.That(await seen.Locator("body script, main img[src='x']").CountAsync(), Is.Zero);
            Assert.That(await seen.TitleAsync(), Does.Not.Contain("hacked"));
            await seen.Context.CloseAsync();
        }
    }

    [Test]
    public async Task An_evaluation_session()
    {
        using StudyFolder folder = new StudyFolder(prompts: 1).AddSet("evaluation/original", 3, 4).AddSet("evaluation/full", 3, 4);
        await using TestServer server = await TestServer.StartAsync(folder, store, realTime: true);
        using Rater admin = await server.InviteAsync("admin", administrator: true);
        await admin.PostAsync("comparisons", """{"first":"evaluation/original","second":"evaluation/full","imagesPerPrompt":4}""");
        IPage page = await Browser.OpenAsync(server, await server.TokenAsync("anna"), "/compare");
        await Expect(page.Locator(".side img")).ToHaveCountAsync(8);
        Assert.That(await page.ContentAsync(), Does.Not.Contain("original").And.Not.Contain("full\""), "the sets are anonymous");
        string first = await Prompt(page).InnerTextAsync();
        await PressAsync(page, "ArrowLeft", "ArrowDown", "Enter");
        await Expect(Prompt(page)).Not.ToHaveTextAsync(first);
        await PressAsync(page, "u");
        await Expect(Prompt(page)).ToHaveTextAsync(first);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Next" })).ToBeDisabledAsync();
        for (int query = 0; query < 3; query++)
        {
            await Expect(page.Locator("#answered")).ToContainTextAsync($"{query} answered");
            await page.Locator(".question").Nth(0).GetByRole(AriaRole.Button, new() { Name = "Right" }).ClickAsync();
            await page.Locator(".question").Nth(1).GetByRole(AriaRole.Button, new() { Name = "Same" }).ClickAsync();
            await PressAsync(page, "Enter");
        }
        await Expect(page.Locator("h1")).ToHaveTextAsync("All done");
        await Expect(page.Locator("#saved")).ToHaveTextAsync("all saved");
        foreach (QueryRow query in server.Stored(c => c.Queries.Where(q => q.State == QueryState.Answered).ToArray()))
        {
            VoteRow vote = server.Stored(c => c.Votes.Single(v => v.QueryId == query.Id && !v.IsUndo));
            Assert.That(vote.Alignment, Is.EqualTo(query.Swapped ? Preference.First : Preference.Second),
                "right is the second set unless they were swapped");
            Assert.That(vote.Fidelity, Is.EqualTo(Preference.Tie));
        }
        await page.Context.CloseAsync();
    }

    [Test]
    public async Task An_administrators_session()
    {
        using StudyFolder folder = new StudyFolder(prompts: 4).AddSet("evaluation/original", 2, 4).AddSet("evaluation/full", 2, 4);
        await using TestServer server = await TestServer.StartAsync(folder, store, realTime: true);
        IPage page = await Browser.OpenAsync(server, await server.TokenAsync("admin", administrator: true), "/admin");
        await page.GetByLabel("Name of the rater").FillAsync("anna");
        await page.GetByRole(AriaRole.Button, new() { Name = "Invite" }).ClickAsync();
        string link = await page.GetByLabel("Link of anna").InputValueAsync();
        using Rater anna = await Rater.SignInAsync(server.Url, "anna", link.Split('#')[1]);
        await anna.LabelAllAsync((await anna.QueriesAsync()).Queries[0], FeedbackLabel.Good);

        ILocator row = page.Locator("#raters tr", new() { HasText = "anna" });
        await Expect(row.Locator("td").Nth(1)).ToHaveTextAsync("3", new() { Timeout = 15_000 });     // live
        await row.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Expect(page.Locator("#notice")).ToContainTextAsync("anna gets no new queries");
        Assert.That((await anna.QueriesAsync()).IsPaused, Is.True);
        await row.GetByRole(AriaRole.Button, new() { Name = "Exclude" }).ClickAsync();
        await Expect(page.Locator("#notice")).ToContainTextAsync("excluded");
        await Expect(page.Locator("#tiles .tile").Nth(1)).ToContainTextAsync("0");
        Assert.That(server.Stored(c => c.Labels.Count()), Is.EqualTo(3), "the labels stay");
        await row.GetByRole(AriaRole.Button, new() { Name = "Take back" }).ClickAsync();
        await Expect(page.Locator("#notice")).ToContainTextAsync("anna gets queries");

        await page.GetByRole(AriaRole.Button, new() { Name = "images/prompt-000-0000.png is bad" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "images/prompt-000-0000.png is bad" }))
            .ToHaveAttributeAsync("aria-pressed", "true");
        await page.GetByLabel("First set").SelectOptionAsync("evaluation/original");
        await page.GetByLabel("Second set").SelectOptionAsync("evaluation/full");
        await page.Locator("#start").GetByRole(AriaRole.Button).ClickAsync();
        await Expect(page.Locator("#comparisons")).ToContainTextAsync("original against full");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Instructions", Exact = true }).FillAsync("# Judge well");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.Locator("#notice")).ToContainTextAsync("saved");
        Assert.That(await anna.Client.GetStringAsync("/api/instructions"), Is.EqualTo("# Judge well"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Write feedback.jsonl into the run" }).ClickAsync();
        await Expect(page.Locator("#notice")).ToContainTextAsync("3 labels are in");
        Assert.That(FeedbackFile.Read(folder["feedback.jsonl"]), Has.Count.EqualTo(3));
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause the study" }).ClickAsync();
        await Expect(page.Locator("#state")).ToContainTextAsync("paused");
        await page.Context.CloseAsync();
    }
}
