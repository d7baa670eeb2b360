using System.Diagnostics;
using System.Globalization;
using AlignT2I.CommandLine;
using AlignT2I.Training;
using AlignT2I.WeightsConverter.Loading;
using AlignT2I.WeightsConverter.Writing;

namespace AlignT2I.WeightsConverter.Commands;

/// <summary>Writes something with a bar or lines of progress, and says what was written.</summary>
internal static class ConversionRun
{
    const int Interrupted = 130;
    const double Megabyte = 1e6;

    /// <summary>Prints what the model is and what its reader chose.</summary>
    public static void Plan(Report report, string title, WeightsModel model, string target, string? dtype,
        params IEnumerable<string> notes)
    {
        report.Plan(title,
        [
            ("from", $"{model.Path} ({model.Kind.Text()})"), ("to", target), ("dtype", dtype ?? "as it is"),
            .. model.Components.Select(c => (c.Name.Length == 0 ? "tensors" : c.Name,
                string.Create(
                    CultureInfo.InvariantCulture, $"{c.Tensors.Count} tensors, {c.Tensors.Sum(t => t.ElementCount):N0} parameters"))),
            .. model.Notes.Concat(notes).Select(n => ("note", n)),
        ]);
    }

    /// <summary>Runs the writing; Ctrl-C stops it and leaves nothing half-written.</summary>
    /// <param name="report">Where the result goes.</param>
    /// <param name="target">What is written.</param>
    /// <param name="options">How.</param>
    /// <param name="write">Does it; returns the bytes of the tensors.</param>
    /// <returns>The exit code.</returns>
    public static int Write(Report report, string target, ConversionOptions options, Func<ConversionOptions, long> write)
    {
        var watch = Stopwatch.StartNew();
        try
        {
            long bytes = ProgressDisplay.Run(
                (progress, cancellation) => write(options with { Progress = new Bytes(progress), Cancellation = cancellation }),
                report.Out);
            report.Result(
                string.Create(
                    CultureInfo.InvariantCulture, $"{target}: {bytes:N0} bytes of tensors in {watch.Elapsed.TotalSeconds:0.0} s."),
                ("output", target), ("bytes", bytes), ("seconds", Math.Round(watch.Elapsed.TotalSeconds, 3)));
            return 0;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine($"Interrupted; nothing of {target} was written. Run the same command again.");
            return Interrupted;
        }
    }

    /// <summary>Bytes as the megabytes that the display counts; the last one is full when all is written.</summary>
    sealed class Bytes(IProgress<StageProgress> display) : IProgress<ConversionProgress>
    {
        long last = -1;

        public void Report(ConversionProgress value)
        {
            bool complete = value.BytesDone == value.BytesTotal;
            long total = Math.Max(1, (long)Math.Ceiling(value.BytesTotal / Megabyte));
            long done = complete ? total : (long)(value.BytesDone / Megabyte);
            if (done == last)
                return;
            last = done;
            display.Report(new StageProgress("write", done, total, "MB"));
        }
    }
}
