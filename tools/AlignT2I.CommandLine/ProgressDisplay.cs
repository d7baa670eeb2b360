using System.Diagnostics;
using System.Globalization;
using AlignT2I.Training;
using Spectre.Console;

namespace AlignT2I.CommandLine;

/// <summary>Shows long work: a live bar with rate and ETA on a terminal, a plain line now and then in a pipe or a file.</summary>
public static class ProgressDisplay
{
    static readonly TimeSpan lineInterval = TimeSpan.FromSeconds(5);

    /// <summary>Runs work and shows what it reports; Ctrl-C asks it to stop where it can go on later.</summary>
    /// <param name="work">The work.</param>
    /// <returns>What the work returns.</returns>
    /// <exception cref="OperationCanceledException">Ctrl-C was pressed, and the work stopped.</exception>
    public static T Run<T>(Func<IProgress<StageProgress>, CancellationToken, T> work)
    {
        using CancellationTokenSource source = new();
        ConsoleCancelEventHandler stop = (_, e) =>
        {
            e.Cancel = true;
            source.Cancel();
        };
        Console.CancelKeyPress += stop;
        try
        {
            return AnsiConsole.Profile.Capabilities.Interactive && !Console.IsErrorRedirected && !Console.IsOutputRedirected
                ? RunLive(work, source.Token)
                : work(new Lines(), source.Token);
        }
        finally
        {
            Console.CancelKeyPress -= stop;
        }
    }

    static T RunLive<T>(Func<IProgress<StageProgress>, CancellationToken, T> work, CancellationToken cancellation) =>
        AnsiConsole.Progress()
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(),
                new ElapsedTimeColumn(), new RemainingTimeColumn())
            .Start(context => work(new Bars(context), cancellation));

    static string Figures(StageProgress p) =>
        string.Concat(p.Values.Select(v => string.Create(CultureInfo.InvariantCulture, $" | {v.Name} {v.Value:G4}")));

    sealed class Bars(ProgressContext context) : IProgress<StageProgress>
    {
        readonly Dictionary<string, ProgressTask> tasks = [];

        public void Report(StageProgress value)
        {
            lock (tasks)
            {
                if (!tasks.TryGetValue(value.Stage, out ProgressTask? task))
                    tasks.Add(value.Stage, task = context.AddTask(value.Stage, maxValue: Math.Max(1, value.Total)));
                task.Description = Markup.Escape($"{value.Stage} {value.Done}/{value.Total}{Figures(value)}");
                task.Value = value.Done;
            }
        }
    }

    sealed class Lines : IProgress<StageProgress>
    {
        readonly Lock gate = new();
        string? stage;
        long firstDone;
        Stopwatch sinceStart = Stopwatch.StartNew(), sinceLine = Stopwatch.StartNew();

        public void Report(StageProgress value)
        {
            lock (gate)
            {
                if (value.Stage != stage)
                    (stage, firstDone, sinceStart) = (value.Stage, value.Done, Stopwatch.StartNew());
                else if (sinceLine.Elapsed < lineInterval && value.Done < value.Total)
                    return;
                sinceLine = Stopwatch.StartNew();
                Console.WriteLine(Line(value));
            }
        }

        string Line(StageProgress value)
        {
            double rate = (value.Done - firstDone) / Math.Max(1e-3, sinceStart.Elapsed.TotalSeconds);
            string speed = rate <= 0 ? "" : string.Create(CultureInfo.InvariantCulture,
                $" | {rate:G3} {value.Unit}/s | ETA {TimeSpan.FromSeconds(Math.Round((value.Total - value.Done) / rate))}");
            return $"{value.Stage} | {value.Unit} {value.Done}/{value.Total}{Figures(value)}{speed}";
        }
    }
}
