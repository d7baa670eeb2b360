using System.Diagnostics;
using AlignT2I.Files.Tests;
using Npgsql;

namespace AlignT2I.FeedbackServer.Tests;

/// <summary>A PostgreSQL of the tests' own, in a temporary folder, reached through a socket in it; skipped with a sentence where there is
/// none.</summary>
[SetUpFixture]
internal sealed class Postgres
{
    static readonly Lock gate = new();
    static TempFolder? folder;
    static Process? server;
    static int databases;

    /// <summary>Connection string of a new, empty database.</summary>
    public static string NewDatabase()
    {
        lock (gate)
        {
            if (server is null)
                Start();
            string name = $"study_{++databases}";
            using var connection = new NpgsqlConnection(Connection("postgres"));
            connection.Open();
            using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
            command.ExecuteNonQuery();
            return Connection(name);
        }
    }

    [OneTimeTearDown]
    public void Stop()
    {
        if (server is null)
            return;
        NpgsqlConnection.ClearAllPools();
        using (Process stop = AsPostgres(Program("pg_ctl"), "stop", "-D", Data, "-m", "immediate"))
            stop.WaitForExit();
        server.WaitForExit();
        server.Dispose();
        folder!.Dispose();
    }

    static string Data => folder!["data"];

    static string Connection(string database) =>
        $"Host={folder!.Path};Database={database};Username=postgres;Pooling=true;Maximum Pool Size=5";

    static void Start()
    {
        string initdb = Program("initdb");
        folder = new TempFolder();
        if (Environment.UserName == "root")
        {
            using Process own = Process.Start("chown", ["postgres", folder.Path]);
            own.WaitForExit();
        }
        using (Process init = AsPostgres(initdb, "-D", Data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"))
        {
            string problem = init.StandardError.ReadToEnd();
            init.WaitForExit();
            Assert.That(init.ExitCode, Is.Zero, problem);
        }
        server = AsPostgres(Program("postgres"), "-D", Data, "-k", folder.Path, "-c", "listen_addresses=", "-c", "fsync=off");
        var log = new System.Text.StringBuilder();
        server.ErrorDataReceived += (_, line) => log.AppendLine(line.Data);
        server.OutputDataReceived += (_, _) => { };
        server.BeginErrorReadLine();
        server.BeginOutputReadLine();
        var watch = Stopwatch.StartNew();
        while (!CanConnect())
        {
            Assert.That(watch.Elapsed.TotalSeconds, Is.LessThan(60), $"PostgreSQL does not start: {log}");
            Thread.Yield();
        }
    }

    static bool CanConnect()
    {
        try
        {
            using var connection = new NpgsqlConnection(Connection("postgres") + ";Timeout=5");
            connection.Open();
            return true;
        }
        catch (Exception e) when (e is NpgsqlException or IOException or System.Net.Sockets.SocketException)
        {
            return false;
        }
    }

    /// <summary>PostgreSQL refuses to run as root, so root runs it as the user that Debian's package makes.</summary>
    static Process AsPostgres(string program, params string[] arguments)
    {
        string[] command = Environment.UserName == "root" ? ["runuser", "-u", "postgres", "--", program, .. arguments]
            : [program, .. arguments];
        return Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = Path.GetTempPath(),
        })!;
    }

    static string Program(string name)
    {
        string debian = "/usr/lib/postgresql";
        string[] folders = Directory.Exists(debian)
            ? [.. Directory.EnumerateDirectories(debian).Order().Reverse().Select(d => Path.Combine(d, "bin"))] : [];
        string? found = folders.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
            .Select(f => Path.Combine(f, name)).FirstOrDefault(File.Exists);
        if (found is null)
            Assert.Ignore("PostgreSQL is not there; install the package postgresql.");
        return found!;
    }
}
