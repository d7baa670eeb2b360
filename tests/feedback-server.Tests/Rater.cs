using System.Net;
using System.Net.Http.Json;
using AlignT2I.Feedback;
using AlignT2I.FeedbackServer.Api;
using AlignT2I.FeedbackServer.Hosting;
using AlignT2I.FeedbackServer.Storage;

namespace AlignT2I.FeedbackServer.Tests;

/// <summary>A person at a page, as far as the server sees: requests with a cookie and a request token.</summary>
internal sealed class Rater : IDisposable
{
    readonly HttpClient client;

    Rater(string name, string token, HttpClient client) => (Name, Token, this.client) = (name, token, client);

    public string Name { get; }

    public string Token { get; }

    public HttpClient Client => client;

    /// <summary>Signs in.</summary>
    public static async Task<Rater> SignInAsync(string url, string name, string token)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = true }) { BaseAddress = new Uri(url) };
        HttpResponseMessage response = await client.PostAsJsonAsync(
            "/api/session", new SessionRequest(token), ApiJson.Default.SessionRequest);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), await response.Content.ReadAsStringAsync());
        SessionReply session = (await response.Content.ReadFromJsonAsync(ApiJson.Default.SessionReply))!;
        client.DefaultRequestHeaders.Add(Guard.RequestTokenHeader, session.RequestToken);
        return new Rater(name, token, client);
    }

    public Task<LabelReply> QueriesAsync() => GetAsync("/api/label", ApiJson.Default.LabelReply);

    public Task<LabelReply> LabelAsync(LabelQuery query, params FeedbackLabel[] labels) =>
        ReadAsync(SendLabelAsync(query, labels), ApiJson.Default.LabelReply);

    /// <summary>The same label for all images of a query.</summary>
    public Task<LabelReply> LabelAllAsync(LabelQuery query, FeedbackLabel label) =>
        LabelAsync(query, [.. query.Images.Select(_ => label)]);

    public Task<HttpResponseMessage> SendLabelAsync(LabelQuery query, params FeedbackLabel[] labels) =>
        client.PostAsJsonAsync("/api/label", new LabelRequest(query.Key, labels, 1500), ApiJson.Default.LabelRequest);

    public Task<LabelReply> UndoAsync(string key) => ReadAsync(
        client.PostAsJsonAsync("/api/label/undo", new UndoRequest(key), ApiJson.Default.UndoRequest), ApiJson.Default.LabelReply);

    public Task<CompareReply> PairsAsync() => GetAsync("/api/compare", ApiJson.Default.CompareReply);

    public Task<CompareReply> VoteAsync(CompareQuery query, Preference alignment, Preference fidelity) => ReadAsync(
        client.PostAsJsonAsync("/api/compare", new VoteRequest(query.Key, alignment, fidelity), ApiJson.Default.VoteRequest),
        ApiJson.Default.CompareReply);

    public Task<Figures.Overview> OverviewAsync() => GetAsync("/api/admin/overview", ApiJson.Default.Overview);

    /// <summary>Sends JSON as an administrator and checks that it was accepted.</summary>
    public async Task PostAsync(string path, string json)
    {
        HttpResponseMessage response = await client.PostAsync($"/api/admin/{path}", new StringContent(json, null, "application/json"));
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), await response.Content.ReadAsStringAsync());
    }

    public void Dispose() => client.Dispose();

    Task<T> GetAsync<T>(string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        ReadAsync(client.GetAsync(path), type);

    static async Task<T> ReadAsync<T>(Task<HttpResponseMessage> request, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        using HttpResponseMessage response = await request;
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync(type))!;
    }
}
