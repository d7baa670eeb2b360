using AlignT2I.Feedback;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AlignT2I.FeedbackServer.Tests;

/// <summary>How the pages look and answer to the keyboard, in a real browser.</summary>
internal sealed class PageTests
{
    [Test]
    public async Task Administrators_who_make_themselves_a_new_link_see_it_and_stay_signed_in()
    {
        using var folder = new StudyFolder(prompts: 1);
        await using TestServer server = await TestServer.StartAsync(folder, realTime: true);
        string former = await server.TokenAsync("admin", administrator: true);
        IPage page = await Browser.OpenAsync(server, former, "/admin");
        await page.GetByRole(AriaRole.Button, new() { Name = "New link" }).ClickAsync();
        string link = await page.GetByLabel("Link of admin").InputValueAsync();
        Assert.That(link.Split('#')[1], Is.Not.EqualTo(former));
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause the study" }).ClickAsync();
        await Expect(page.Locator("#state")).ToContainTextAsync("paused");
        await page.GetByRole(AriaRole.Button, new() { Name = "Copy" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Copied" })).ToBeVisibleAsync();
        await page.Context.CloseAsync();
    }

    [Test]
    public async Task The_keyboard_stays_on_a_button_whose_figures_are_drawn_anew()
    {
        using var folder = new StudyFolder(prompts: 1);
        await using TestServer server = await TestServer.StartAsync(folder, realTime: true);
        IPage page = await Browser.OpenAsync(server, await server.TokenAsync("admin", administrator: true), "/admin");
        using Rater anna = await server.InviteAsync("anna");
        ILocator row = page.Locator("#raters tr", new() { HasText = "anna" });
        await Expect(row).ToBeVisibleAsync(new() { Timeout = 15_000 });
        foreach (string name in new[] { "Pause", "Go on" })
        {
            await row.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).PressAsync("Enter");
            string other = name == "Pause" ? "Go on" : "Pause";
            await Expect(row.GetByRole(AriaRole.Button, new() { Name = other, Exact = true })).ToBeFocusedAsync();
        }
        await anna.LabelAllAsync((await anna.QueriesAsync()).Queries[0], FeedbackLabel.Good);
        await Expect(row.Locator("td").Nth(1)).ToHaveTextAsync("3", new() { Timeout = 15_000 });      // live all the same
        await Expect(row.GetByRole(AriaRole.Button, new() { Name = "Pause", Exact = true })).ToBeFocusedAsync();
        ILocator gold = page.GetByRole(AriaRole.Button, new() { Name = "images/prompt-000-0001.png is good" });
        await gold.PressAsync("Enter");
        await Expect(gold).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(gold).ToBeFocusedAsync();
        await page.Context.CloseAsync();
    }

    [Test]
    public async Task Two_studies_on_one_machine_do_not_sign_each_other_out()
    {
        using StudyFolder folder = new(prompts: 1), other = new(prompts: 1);
        await using TestServer server = await TestServer.StartAsync(folder, realTime: true),
            second = await TestServer.StartAsync(other, realTime: true);
        IPage page = await Browser.OpenAsync(server, await server.TokenAsync("anna"));
        await page.GotoAsync($"{second.Url}/join#{await second.TokenAsync("ben")}");
        await Expect(page.Locator("h1", new() { HasText = "Welcome, ben" })).ToBeVisibleAsync();
        await page.GotoAsync(server.Url);
        await Expect(page.Locator("h1", new() { HasText = "Welcome, anna" })).ToBeVisibleAsync();
        await page.Context.CloseAsync();
    }

    [Test]
    public async Task Enter_follows_a_link_that_has_the_keyboard()
    {
        using var folder = new StudyFolder(prompts: 2);
        await using TestServer server = await TestServer.StartAsync(folder, realTime: true);
        IPage page = await Browser.OpenAsync(server, await server.TokenAsync("anna"));
        await Expect(page.Locator(".card")).ToHaveCountAsync(3);
        foreach (string key in new[] { "g", "g", "g" })
            await page.Keyboard.PressAsync(key);
        await page.GetByRole(AriaRole.Link, new() { Name = "Instructions" }).PressAsync("Enter");
        await page.WaitForURLAsync("**/instructions");
        Assert.That(server.Stored(c => c.Labels.Count()), Is.Zero);
        await page.Context.CloseAsync();
    }

    [TestCase("word ")]
    [TestCase("x")]
    [TestCase("قطة حمراء ")]
    public async Task A_long_prompt_and_a_long_name_fit_on_a_phone(string word)
    {
        string prompt = string.Concat(Enumerable.Repeat(word, 10_000 / word.Length)).Trim(), name = new('W', 80);
        using var folder = new StudyFolder(prompts: 0);
        folder.AddSet("", 1, 3, _ => prompt).AddSet("evaluation/a", 1, 4, _ => prompt).AddSet("evaluation/b", 1, 4, _ => prompt);
        await using TestServer server = await TestServer.StartAsync(folder, realTime: true);
        using Rater admin = await server.InviteAsync(name, administrator: true);
        await admin.PostAsync("comparisons", """{"first":"evaluation/a","second":"evaluation/b","imagesPerPrompt":4}""");
        IPage page = await Browser.OpenAsync(server, admin.Token, "/");
        await page.SetViewportSizeAsync(360, 740);
        (string Path, string Shown)[] pages = [("/", "h1"), ("/label", ".card"), ("/compare", ".side"), ("/admin", "#gold figure")];
        foreach ((string path, string shown) in pages)
        {
            await page.GotoAsync(path);
            await page.Locator(shown).First.WaitForAsync();
            Assert.That(await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), Is.LessThanOrEqualTo(360), path);
        }
        Assert.That(await page.Locator("#gold figure").First.EvaluateAsync<int>("figure => figure.offsetHeight"), Is.LessThan(400));
        LocatorBoundingBoxResult cell = (await page.Locator("#raters tbody td").First.BoundingBoxAsync())!;
        Assert.That(cell.Width, Is.LessThan(300), "the name leaves room for the figures");
        await page.GotoAsync("/label");
        LocatorBoundingBoxResult first = (await page.Locator(".card").First.BoundingBoxAsync())!;
        Assert.That(first.Y, Is.LessThan(400), "the pictures are on the screen");
        await page.Context.CloseAsync();
    }
}
