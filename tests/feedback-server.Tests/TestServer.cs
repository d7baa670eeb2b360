using AlignT2I.FeedbackServer.Hosting;
using AlignT2I.FeedbackServer.Storage;
using AlignT2I.FeedbackServer.Studies;

namespace AlignT2I.FeedbackServer.Tests;

/// <summary>The real server on a run folder, in the test's process, on a free port.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    readonly ServerOptions options;
    Server server;

    TestServer(ServerOptions options, ManualClock clock, Server server) => (this.options, Clock, this.server) = (options, clock, server);

    public ManualClock Clock { get; }

    public string Url => server.Url;

    public Desk Desk => server.Desk;

    /// <summary>Starts a server.</summary>
    /// <param name="realTime">Whether leases run by the clock on the wall, as browsers need it.</param>
    public static async Task<TestServer> StartAsync(
        StudyFolder folder, Store store = Store.Sqlite, StudyOptions? study = null, bool realTime = false)
    {
        var options = new ServerOptions
        {
            RunFolder = folder.Path,
            Port = 0,
            Study = study ?? new StudyOptions(),
            Database = store == Store.Postgres ? Postgres.NewDatabase() : null,
        };
        var clock = new ManualClock();
        return new TestServer(options, clock, await Server.StartAsync(options, realTime ? null : clock));
    }

    /// <summary>Stops the server and starts it again on what it stored.</summary>
    public async Task RestartAsync()
    {
        await server.DisposeAsync();
        server = await Server.StartAsync(options, Clock);
    }

    /// <summary>Invites somebody and signs in.</summary>
    public async Task<Rater> InviteAsync(string name, bool administrator = false) =>
        await Rater.SignInAsync(Url, name, await TokenAsync(name, administrator));

    /// <summary>The token of an invitation.</summary>
    public async Task<string> TokenAsync(string name, bool administrator = false) =>
        (await Desk.ChangeAsync((study, now, journal) => study.People.Invite(name, administrator, now, journal))).Token;

    /// <summary>Reads the rows as they are in the database.</summary>
    public T Stored<T>(Func<StudyContext, T> read) => server.Read(read);

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
