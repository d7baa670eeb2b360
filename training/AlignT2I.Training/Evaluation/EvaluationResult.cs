using System.Text.Json;
using AlignT2I.Files;

namespace AlignT2I.Training.Evaluation;

/// <summary>Every number of an experiment's report: what report.json holds.</summary>
/// <param name="Seed">The experiment's seed.</param>
/// <param name="ElapsedSeconds">Wall-clock time of the experiment.</param>
/// <param name="PeakResidentBytes">Largest resident memory of the process.</param>
/// <param name="Feedback">Labels by category, as in Table 1 of Lee et al. 2023.</param>
/// <param name="RewardAccuracy">How often rewards and CLIP score order two images as the rater does (Fig. 4).</param>
/// <param name="Models">Reward, alignment and Fréchet distance of each model (Table 2, Figs. 3 and 5).</param>
public sealed record EvaluationResult(
    ulong Seed,
    double ElapsedSeconds,
    long PeakResidentBytes,
    FeedbackCounts Feedback,
    RewardAccuracy RewardAccuracy,
    ModelEvaluations Models)
{
    /// <summary>The content of report.json.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, EvaluationJson.Default.EvaluationResult);

    /// <summary>Writes report.json; it appears whole.</summary>
    /// <exception cref="StorageException">The file cannot be written.</exception>
    public void Write(string path) => AtomicFile.WriteAllText(path, ToJson() + "\n");

    /// <summary>Reads report.json.</summary>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">It is not a report.</exception>
    public static EvaluationResult Read(string path) => TrainingFile.Read(path, EvaluationJson.Default.EvaluationResult, "a report of this program");
}
