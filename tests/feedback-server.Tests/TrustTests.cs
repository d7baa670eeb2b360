using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using AlignT2I.Feedback;
using AlignT2I.FeedbackServer.Api;
using AlignT2I.FeedbackServer.Hosting;
using AlignT2I.FeedbackServer.Storage;
using AlignT2I.Files;

namespace AlignT2I.FeedbackServer.Tests;

/// <summary>Who may do what, and what strangers cannot do.</summary>
internal sealed class TrustTests
{
    static StringContent Json(string text) => new(text, null, "application/json");

    [TestCase("/api/label")]
    [TestCase("/api/compare")]
    [TestCase("/api/instructions")]
    [TestCase("/api/session")]
    [TestCase("/api/admin/overview")]
    [TestCase("/api/admin/export/jsonl")]
    [TestCase("/api/admin/image/1")]
    [TestCase("/image/abc/0")]
    [TestCase("/example/0")]
    public async Task A_stranger_sees_nothing_and_a_rater_nothing_of_the_administrator(string path)
    {
        using var folder = new StudyFolder(prompts: 1);
        await using TestServer server = await TestServer.StartAsync(folder);
        using var stranger = new HttpClient { BaseAddress = new Uri(server.Url) };
        Assert.That((await stranger.GetAsync(path)).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        if (path.StartsWith("/api/admin", StringComparison.Ordinal))
        {
            using Rater anna = await server.InviteAsync("anna");
            Assert.That((await anna.Client.GetAsync(path)).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        }
    }

    [Test]
    public async Task A_rater_sees_only_images_leased_to_that_rater_and_without_what_is_written_in_them()
    {
        using var folder = new StudyFolder(prompts: 2);
        await using TestServer server = await TestServer.StartAsync(folder);
        using Rater anna = await server.InviteAsync("anna"), ben = await server.InviteAsync("ben");
        string image = (await anna.QueriesAsync()).Queries[0].Images[1];
        HttpResponseMessage own = await anna.Client.GetAsync(image);
        byte[] bytes = await own.Content.ReadAsByteArrayAsync();
        Assert.That(Png.Decode(bytes, "served").Text, Is.Empty);
        Assert.That(Encoding.Latin1.GetString(bytes), Does.Not.Contain("secret-model"));
        Assert.That((await ben.Client.GetAsync(image)).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((await anna.Client.GetAsync(image[..^1] + "9")).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((await anna.Client.GetAsync(image[..^1] + "-1")).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        using HttpResponseMessage stolen = await ben.SendLabelAsync(
            (await anna.QueriesAsync()).Queries[0], FeedbackLabel.Good, FeedbackLabel.Good, FeedbackLabel.Good);
        Assert.That(stolen.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [TestCase("/image/..%2f..%2fprompts.jsonl/0")]
    [TestCase("/image/../prompts.jsonl")]
    [TestCase("/image/%2e%2e/%2e%2e/prompts.jsonl")]
    [TestCase("/../feedback/study.db")]
    [TestCase("/..%2ffeedback%2fstudy.db")]
    [TestCase("/images/prompt-000-0000.png")]
    [TestCase("/api/admin/image/..%2f..%2fprompts.jsonl")]
    [TestCase("/Pages/app.css")]
    public async Task No_address_reaches_a_file_that_is_not_served(string path)
    {
        using var folder = new StudyFolder(prompts: 1);
        await using TestServer server = await TestServer.StartAsync(folder);
        string token = await server.TokenAsync("admin", administrator: true);
        // A raw request: HttpClient would tidy the address.
        using var client = new TcpClient();
        var url = new Uri(server.Url);
        await client.ConnectAsync(url.Host, url.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: {url.Authority}\r\nCookie: feedback-{url.Port}={token}\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(client.GetStream());
        string answer = await reader.ReadToEndAsync();
        Assert.That(answer, Does.StartWith("HTTP/1.1 404").And.Not.Contain("category"));
    }

    [Test]
    public void An_image_list_that_points_outside_the_folder_is_refused()
    {
        using var folder = new StudyFolder(prompts: 1);
        File.AppendAllText(folder["images.jsonl"], File.ReadAllLines(folder["images.jsonl"])[0]
            .Replace("images/prompt-000-0000.png", "images/../prompts.jsonl").Replace("\"id\":\"", "\"id\":\"x") + "\n");
        Assert.That(() => TestServer.StartAsync(folder), Throws.TypeOf<FileFormatException>().With.Message.Contains("images.jsonl:4"));
    }

    [Test]
    public async Task Tokens_are_stored_as_hashes_and_a_new_link_ends_the_former()
    {
        using var folder = new StudyFolder(prompts: 1);
        await using TestServer server = await TestServer.StartAsync(folder);
        using Rater admin = await server.InviteAsync("admin", administrator: true), anna = await server.InviteAsync("anna");
        string secret = anna.Token.Split('.')[1];
        foreach (string file in Directory.EnumerateFiles(folder["feedback"], "study.db*"))
        {
            using FileStream stream = InputFile.OpenRead(file);
            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            Assert.That(Encoding.Latin1.GetString(bytes), Does.Not.Contain(secret));
        }
        Assert.That(server.Stored(c => c.Raters.Select(r => r.TokenHash!.Length).ToArray()), Is.All.EqualTo(32));
        await admin.PostAsync("raters/2/link", "{}");
        Assert.That((await anna.Client.GetAsync("/api/label")).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [TestCase("")]
    [TestCase("2")]
    [TestCase("2.")]
    [TestCase("2.guess")]
    [TestCase("-1.guess")]
    [TestCase("99999999999999.guess")]
    public async Task A_wrong_token_is_nobody(string token)
    {
        using var folder = new StudyFolder(prompts: 1);
        await using TestServer server = await TestServer.StartAsync(folder);
        await server.TokenAsync("anna");
        using var client = new HttpClient { BaseAddress = new Uri(server.Url) };
        Assert.That((await client.PostAsync("/api/session", Json($$"""{"token":"{{token}}"}"""))).StatusCode,
            Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task Another_site_cannot_make_a_rater_label()
    {
        using var folder = new StudyFolder(prompts: 1);
        await using TestServer server = await TestServer.StartAsync(folder);
        using Rater anna = await server.InviteAsync("anna");
        LabelQuery query = (await anna.QueriesAsync()).Queries[0];
        string body = $$"""{"query":"{{query.Key}}","labels":["good","good","good"]}""";
        async Task<HttpStatusCode> SendAsync(string type, string? requestToken, string? origin)
        {
            using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri(server.Url) };
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/label") { Content = new StringContent(body, null, type) };
            request.Headers.Add("Cookie", $"feedback-{new Uri(server.Url).Port}={anna.Token}");
            if (requestToken is not null)
                request.Headers.Add(Guard.RequestTokenHeader, requestToken);
            if (origin is not null)
                request.Headers.Add("Origin", origin);
            return (await client.SendAsync(request)).StatusCode;
        }
        string token = anna.Client.DefaultRequestHeaders.GetValues(Guard.RequestTokenHeader).Single();
        Assert.That(await SendAsync("application/json", null, null), Is.EqualTo(HttpStatusCode.Forbidden), "no request token");
        Assert.That(await SendAsync("application/json", "guess", null), Is.EqualTo(HttpStatusCode.Forbidden), "a wrong one");
        Assert.That(await SendAsync("application/json", token, "https://elsewhere.example"), Is.EqualTo(HttpStatusCode.Forbidden),
            "another origin");
        Assert.That(await SendAsync("text/plain", token, null), Is.EqualTo(HttpStatusCode.UnsupportedMediaType), "what a form can send");
        Assert.That(server.Stored(c => c.Labels.Count()), Is.Zero);
        Assert.That(await SendAsync("application/json", token, server.Url), Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Every_answer_ties_the_browsers_hands_and_the_cookie_is_out_of_reach()
    {
        using var folder = new StudyFolder(prompts: 1);
        await using TestServer server = await TestServer.StartAsync(folder);
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri(server.Url) };
        foreach (string path in new[] { "/", "/label", "/app.js", "/api/label", "/nothing" })
        {
            HttpResponseMessage response = await client.GetAsync(path);
            Assert.That(response.Headers.GetValues("Content-Security-Policy").Single(), Does.Contain("default-src 'none'")
                .And.Not.Contain("unsafe"));
            Assert.That(response.Headers.GetValues("X-Content-Type-Options").Single(), Is.EqualTo("nosniff"));
        }
        HttpResponseMessage session = await client.PostAsync(
            "/api/session", Json($$"""{"token":"{{await server.TokenAsync("anna")}}"}"""));
        Assert.That(session.Headers.GetValues("Set-Cookie").Single().ToLowerInvariant(), Does.Contain("httponly")
            .And.Contain("samesite=strict"));
    }

    [Test]
    public async Task A_page_that_points_its_name_at_this_machine_is_turned_away()
    {
        using var folder = new StudyFolder(prompts: 1);
        await using TestServer server = await TestServer.StartAsync(folder);
        using var client = new HttpClient { BaseAddress = new Uri(server.Url) };
        client.DefaultRequestHeaders.Host = "rebound.example";
        Assert.That((await client.GetAsync("/")).StatusCode, Is.EqualTo(HttpStatusCode.MisdirectedRequest));
    }

    [Test]
    public async Task Uploads_are_bounded()
    {
        using var folder = new StudyFolder(prompts: 1);
        await using TestServer server = await TestServer.StartAsync(folder);
        using Rater anna = await server.InviteAsync("anna");
        using HttpResponseMessage response = await anna.Client.PostAsync(
            "/api/label", Json($$"""{"query":"{{new string('x', 100_000)}}","labels":[]}"""));
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
    }

    [Test]
    public void Others_are_served_only_with_TLS_or_when_told_to()
    {
        var options = new ServerOptions { RunFolder = ".", Address = IPAddress.Any };
        Assert.That(options.Validate, Throws.TypeOf<UsageException>().With.Message.Contains("--certificate")
            .And.Message.Contains("--allow-plain-http"));
        Assert.That((options with { AllowPlainHttp = true }).Validate, Throws.Nothing);
        Assert.That((options with { Certificate = "server.pem" }).Validate, Throws.Nothing);
        Assert.That((options with { Address = IPAddress.IPv6Loopback }).Validate, Throws.Nothing);
    }

    [Test]
    public async Task With_a_certificate_it_speaks_TLS_and_the_cookie_is_secure()
    {
        using var folder = new StudyFolder(prompts: 1);
        using (var key = RSA.Create(2048))
        {
            var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            using X509Certificate2 made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            File.WriteAllText(folder["server.pem"], made.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
        }
        await using Server server = await Server.StartAsync(
            new ServerOptions { RunFolder = folder.Path, Port = 0, Certificate = folder["server.pem"] });
        Assert.That(server.Url, Does.StartWith("https://"));
        string token = (await server.Desk.ChangeAsync((study, now, journal) => study.People.Invite("anna", false, now, journal))).Token;
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true, UseCookies = false };
        using var client = new HttpClient(handler) { BaseAddress = new Uri(server.Url) };
        HttpResponseMessage response = await client.PostAsync("/api/session", Json($$"""{"token":"{{token}}"}"""));
        Assert.That(response.Headers.GetValues("Set-Cookie").Single().ToLowerInvariant(), Does.Contain("secure"));
    }

    [Test]
    public async Task Two_servers_do_not_share_a_study()
    {
        using var folder = new StudyFolder(prompts: 1);
        await using TestServer server = await TestServer.StartAsync(folder);
        Assert.That(() => TestServer.StartAsync(folder), Throws.TypeOf<UsageException>()
            .With.Message.Contains("working in this run folder"));
    }

    [Test]
    public void Two_servers_do_not_share_a_PostgreSQL_database()
    {
        string database = Postgres.NewDatabase();
        using var folder = new StudyFolder(prompts: 1);
        using Database first = Database.Open(folder.Path, database);
        Assert.That(() => Database.Open(folder.Path, database), Throws.TypeOf<UsageException>()
            .With.Message.Contains("another feedback-server"));
    }
}
