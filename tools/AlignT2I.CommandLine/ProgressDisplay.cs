using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using AlignT2I.Training;
using Spectre.Console;

namespace AlignT2I.CommandLine;

/// <summary>Shows long work: a live bar with rate and ETA on a terminal, a plain line now and then in a pipe or a file.</summary>
public static class ProgressDisplay
{
    static readonly TimeSpan lineInterval = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Runs work and shows what it reports; Ctrl-C or SIGTERM asks it to stop where it can go on later, a second one ends it at once.
    /// </summary>
    /// <param name="work">The work.</param>
    /// <param name="lines">Where plain lines go; null for standard output, where a terminal gets a live display instead.</param>
    /// <returns>What the work returns.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static T Run<T>(Func<IProgress<StageProgress>, CancellationToken, T> work, TextWriter? lines = null)
    {
        using CancellationTokenSource source = new();
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = !source.IsCancellationRequested;
            source.Cancel();
        }
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        bool live = AnsiConsole.Profile.Capabilities.Interactive && !Console.IsErrorRedirected && !Console.IsOutputRedirected
            && (lines is null || lines == Console.Out);
        return live ? RunLive(work, source.Token) : work(new Lines(lines ?? Console.Out), source.Token);
    }

    static T RunLive<T>(Func<IProgress<StageProgress>, CancellationToken, T> work, CancellationToken cancellation) =>
        AnsiConsole.Progress()
            .HideCompleted(true)        // what is done is a line above; more bars than the terminal has rows would be cut off
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 24 }, new PercentageColumn(),
                new ElapsedTimeColumn(), new RemainingTimeColumn())
            .Start(context => work(new Bars(context), cancellation));

    static string Figures(StageProgress p) =>
        string.Concat(p.Values.Select(v => IsUnit(v.Name)
            ? string.Create(CultureInfo.InvariantCulture, $" | {Number(v.Value, 4)} {v.Name}")
            : string.Create(CultureInfo.InvariantCulture, $" | {v.Name} {Number(v.Value, 4)}")));

    /// <summary>So many digits, and all of those before the point.</summary>
    static string Number(double value, int digits) =>
        value.ToString(Math.Abs(value) < Math.Pow(10, digits) ? $"G{digits}" : "F0", CultureInfo.InvariantCulture);

    /// <summary>Names such as ms and img/s stand behind their number.</summary>
    static bool IsUnit(string name) => name == "ms" || name.EndsWith("/s", StringComparison.Ordinal);

    sealed class Bars(ProgressContext context) : IProgress<StageProgress>
    {
        readonly Lock gate = new();
        ProgressTask? task;
        StageProgress? last;

        public void Report(StageProgress value)
        {
            lock (gate)
            {
                if (task is null || last?.Stage != value.Stage)
                {
                    Finish();
                    task = context.AddTask(Markup.Escape(value.Stage), maxValue: Math.Max(1, value.Total));
                }
                last = value;
                task.Description = Markup.Escape($"{value.Stage} {value.Done}/{value.Total}{Figures(value)}");
                task.Value = value.Done;
                if (value.Done >= value.Total)
                    Finish();
            }
        }

        /// <summary>Turns the bar into a line that stays.</summary>
        void Finish()
        {
            if (task is null || last is null)
                return;
            TimeSpan elapsed = TimeSpan.FromSeconds(Math.Round(task.ElapsedTime?.TotalSeconds ?? 0));
            AnsiConsole.MarkupLine(Markup.Escape($"{last.Stage} | {last.Unit} {last.Done}/{last.Total}{Figures(last)} | {elapsed}"));
            task.StopTask();
            task = null;
        }
    }

    sealed class Lines(TextWriter output) : IProgress<StageProgress>
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
                output.WriteLine(Line(value));
            }
        }

        string Line(StageProgress value)
        {
            double rate = (value.Done - firstDone) / Math.Max(1e-3, sinceStart.Elapsed.TotalSeconds);
            string speed = rate <= 0 ? "" : string.Create(CultureInfo.InvariantCulture,
                $" | {Number(rate, 3)} {value.Unit}/s | ETA {TimeSpan.FromSeconds(Math.Round((value.Total - value.Done) / rate))}");
            return $"{value.Stage} | {value.Unit} {value.Done}/{value.Total}{Figures(value)}{speed}";
        }
    }
}
