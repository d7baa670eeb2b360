using Microsoft.Playwright;

namespace AlignT2I.FeedbackServer.Tests;

/// <summary>A headless Chromium for all tests; skipped with a sentence where there is none.</summary>
[SetUpFixture]
internal sealed class Browser
{
    static readonly SemaphoreSlim gate = new(1);
    static IPlaywright? playwright;
    static IBrowser? browser;

    /// <summary>A page of a browser of its own, signed in by the link of an invitation.</summary>
    public static async Task<IPage> OpenAsync(TestServer server, string token, string path = "/label", bool phone = false)
    {
        await gate.WaitAsync();
        try
        {
            playwright ??= await Playwright.CreateAsync();
            browser ??= await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = Find(),
                Args =
                [
                    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                    "--disable-component-update", "--disable-sync",
                ],
            });
        }
        finally
        {
            gate.Release();
        }
        IBrowserContext context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = phone ? new ViewportSize { Width = 390, Height = 844 } : new ViewportSize { Width = 1280, Height = 800 },
            HasTouch = phone,
            IsMobile = phone,
            BaseURL = server.Url,
        });
        context.SetDefaultTimeout(20_000);
        IPage page = await context.NewPageAsync();
        await page.GotoAsync($"/join#{token}");
        await page.Locator("h1", new PageLocatorOptions { HasText = "Welcome" }).WaitForAsync();
        if (path != "/")
            await page.GotoAsync(path);
        return page;
    }

    [OneTimeTearDown]
    public async Task CloseAsync()
    {
        if (browser is not null)
            await browser.CloseAsync();
        playwright?.Dispose();
    }

    static string Find()
    {
        string[] names = ["chromium", "chromium-browser", "google-chrome"];
        string? found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/bin")
            .SelectMany(folder => names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
        if (found is null)
            Assert.Ignore("Chromium is not there; install the package chromium.");
        return found!;
    }
}
