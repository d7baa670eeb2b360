using System.Diagnostics;
using System.Globalization;
using AlignT2I.Files;
using AlignT2I.Training.Events;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Finetuning;

/// <summary>
/// Tells the figures of a fine-tuning: every update to whoever watches, and means over an interval to log.jsonl and the event file.
/// </summary>
internal sealed class FinetuneMetrics(
    FinetuneOptions options, JsonLinesWriter<LogLine>? log, EventFileWriter? events, IProgress<StageProgress>? progress)
{
    readonly Stopwatch watch = Stopwatch.StartNew();
    readonly List<FinetuneUpdate> interval = [];

    /// <summary>Takes in an update.</summary>
    /// <param name="done">Updates done, this one included.</param>
    /// <param name="update">Its figures.</param>
    public void Add(int done, FinetuneUpdate update)
    {
        interval.Add(update);
        if (done % options.LogSteps == 0 || done == options.Steps)
        {
            FinetuneUpdate mean = update with
            {
                Loss = Mean(u => u.Loss),
                Reward = Mean(u => u.Reward),
                ElapsedMs = interval.Average(u => u.ElapsedMs),
            };
            interval.Clear();
            Write(done, mean);
        }
        progress?.Report(new StageProgress("fine-tune", done, options.Steps, "step", [.. update.Values]));
    }

    void Write(int done, FinetuneUpdate mean)
    {
        log?.Append(new LogLine(
            string.Create(CultureInfo.InvariantCulture, $"finetune {options.Mix}"), done, options.Steps, watch.ElapsedMilliseconds,
            mean.Values.Where(v => double.IsFinite(v.Value)).ToDictionary()));      // JSON has no infinity
        foreach ((string name, double value) in mean.Values)
            events?.Scalar($"finetune/{name}", done, value);
    }

    double Mean(Func<FinetuneUpdate, double> figure) =>
        interval.Select(figure).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average();
}
