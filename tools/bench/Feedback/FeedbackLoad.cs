using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace AlignT2I.Bench.Feedback;

/// <summary>Raters at their pages: each answers one query a second and loads the pictures of the next.</summary>
internal sealed class FeedbackLoad : IDisposable
{
    static readonly TimeSpan interval = TimeSpan.FromSeconds(1);

    readonly HttpClient client;
    readonly List<double> answers = [], images = [];
    readonly Lock gate = new();

    /// <param name="url">The server.</param>
    public FeedbackLoad(string url) =>
        client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri(url) };

    /// <summary>Milliseconds of each answer, from the moment when it was due.</summary>
    public IReadOnlyList<double> Answers => answers;

    /// <summary>Milliseconds of each picture.</summary>
    public IReadOnlyList<double> Images => images;

    /// <summary>Lets all raters work, evenly spread over the second.</summary>
    /// <param name="tokens">The raters' invitations.</param>
    /// <param name="warmUp">Seconds at the beginning that are not measured.</param>
    /// <param name="seconds">Seconds that are measured.</param>
    public async Task RunAsync(IReadOnlyList<string> tokens, double warmUp, double seconds)
    {
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(tokens.Select((token, i) => WorkAsync(token, start, interval * i / tokens.Count, warmUp, seconds)));
    }

    public void Dispose() => client.Dispose();

    async Task WorkAsync(string token, long start, TimeSpan offset, double warmUp, double seconds)
    {
        using JsonDocument session = await SendAsync(HttpMethod.Post, "/api/session", token, null, $$"""{"token":"{{token}}"}""");
        string requestToken = session.RootElement.GetProperty("requestToken").GetString()!;
        JsonDocument state = await SendAsync(HttpMethod.Get, "/api/label", token, requestToken, null);
        for (int turn = 1; turn <= warmUp + seconds; turn++)
        {
            TimeSpan due = offset + turn * interval, wait = due - Stopwatch.GetElapsedTime(start);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait);
            JsonElement query = state.RootElement.GetProperty("queries")[0];
            string labels = string.Join(',', query.GetProperty("images").EnumerateArray().Select(_ => "\"good\""));
            JsonDocument next = await SendAsync(HttpMethod.Post, "/api/label", token, requestToken,
                $$"""{"query":"{{query.GetProperty("key").GetString()}}","labels":[{{labels}}],"elapsedMs":900}""");
            double elapsedMs = (Stopwatch.GetElapsedTime(start) - due).TotalMilliseconds;
            state.Dispose();
            state = next;
            List<double> loaded = [];
            foreach (JsonElement image in state.RootElement.GetProperty("queries")[1].GetProperty("images").EnumerateArray())
                loaded.Add(await LoadAsync(image.GetString()!, token));
            if (turn > warmUp)
            {
                lock (gate)
                {
                    answers.Add(elapsedMs);
                    images.AddRange(loaded);
                }
            }
        }
        state.Dispose();
    }

    async Task<double> LoadAsync(string path, string token)
    {
        long before = Stopwatch.GetTimestamp();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Cookie", $"feedback-{client.BaseAddress!.Port}={token}");
        using HttpResponseMessage response = await client.SendAsync(request);
        response.EnsureSuccessStatusCode();
        await response.Content.ReadAsByteArrayAsync();
        return Stopwatch.GetElapsedTime(before).TotalMilliseconds;
    }

    async Task<JsonDocument> SendAsync(HttpMethod method, string path, string token, string? requestToken, string? json)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        if (requestToken is not null)
        {
            request.Headers.Add("Cookie", $"feedback-{client.BaseAddress!.Port}={token}");
            request.Headers.Add("X-Request-Token", requestToken);
        }
        using HttpResponseMessage response = await client.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode ? JsonDocument.Parse(text)
            : throw new InvalidOperationException($"{method} {path} was answered {(int)response.StatusCode}: {text}");
    }
}
