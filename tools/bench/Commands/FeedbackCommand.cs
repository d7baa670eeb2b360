using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AlignT2I.Bench.Feedback;

namespace AlignT2I.Bench.Commands;

/// <summary><c>bench feedback</c>: raters at work on the real feedback server, and how long they wait.</summary>
internal static class FeedbackCommand
{
    const int Prompts = 500;
    const double WarmUpSeconds = 10;

    static readonly Option<int> raters = new("--raters")
    {
        Description = "raters at work at the same time",
        DefaultValueFactory = _ => 200,
    };

    static readonly Option<double> seconds = new("--seconds")
    {
        Description = "time to measure, after ten seconds of warming up",
        DefaultValueFactory = _ => 30,
    };

    static readonly Option<double> limit = new("--limit-ms")
    {
        Description = "99th percentile that is allowed",
        DefaultValueFactory = _ => 100,
    };

    static readonly Option<string?> database = new("--database")
    {
        Description = "connection string of an empty PostgreSQL database [default: SQLite]",
    };

    static readonly Option<string> server = new("--server")
    {
        Description = "the program",
        DefaultValueFactory = _ => FeedbackServerProgram.Default,
    };

    static readonly Option<bool> json = new("--json") { Description = "print one line of JSON for each kind of request" };

    public static Command Create()
    {
        raters.Validators.Add(r => { if (r.GetValueOrDefault<int>() is < 1 or > 2000) r.AddError("--raters must be 1 to 2000"); });
        seconds.Validators.Add(
            r => { if (!(r.GetValueOrDefault<double>() is >= 1 and <= 3600)) r.AddError("--seconds must be 1 to 3600"); });
        var command = new Command(
            "feedback", "Raters answer one query a second each on the feedback server; exit code 1 where the 99th percentile is too high.")
            { raters, seconds, limit, database, server, json };
        command.SetAction((parse, _) => RunAsync(
            parse.GetValue(raters), parse.GetValue(seconds), parse.GetValue(limit), parse.GetValue(database), parse.GetValue(server)!,
            parse.GetValue(json)));
        return command;
    }

    static async Task<int> RunAsync(int raters, double seconds, double limitMs, string? database, string program, bool asJson)
    {
        using var run = new FeedbackRun(Prompts);
        string[] study = ["--run", run.Path, .. database is null ? Array.Empty<string>() : ["--database", database]];
        string[] tokens = FeedbackServerProgram.Invite(program, study, raters);
        int needed = (int)((seconds + WarmUpSeconds + 2) * raters / Prompts) + 2;
        using FeedbackServerProgram server = FeedbackServerProgram.Serve(program, study, needed);
        using var load = new FeedbackLoad(server.Url);
        await load.RunAsync(tokens, WarmUpSeconds, seconds);

        string store = database is null ? "SQLite" : "PostgreSQL";
        FeedbackMeasurement[] measured =
        [
            FeedbackMeasurement.Of("feedback_answer", store, raters, seconds, load.Answers),
            FeedbackMeasurement.Of("feedback_image", store, raters, seconds, load.Images),
        ];
        foreach (FeedbackMeasurement m in measured)
        {
            Console.Out.WriteLine(asJson ? JsonSerializer.Serialize(m, MeasurementJson.Default.FeedbackMeasurement) : Line(m));
        }
        return measured.All(m => m.MsP99 < limitMs) ? 0 : 1;
    }

    static string Line(FeedbackMeasurement m) => string.Create(CultureInfo.InvariantCulture,
        $"{m.Name,-16} {m.Store,-10} {m.Raters} raters {m.PerSecond,7:0.0}/s   "
        + $"median {m.MsMedian,6:0.00}   p95 {m.MsP95,6:0.00}   p99 {m.MsP99,6:0.00}   max {m.MsMax,6:0.00} ms");
}
