using System.Text.Json;
using AlignT2I.Files;

namespace AlignT2I.Training.Evaluation;

/// <summary>Every number of an experiment's report: what report.json holds.</summary>
/// <param name="Seed">The experiment's seed.</param>
/// <param name="ElapsedSeconds">Wall-clock time of the experiment.</param>
/// <param name="PeakResidentBytes">Largest resident memory of the process.</param>
/// <param name="Feedback">Labels by category, as in Table 1 of Lee et al. 2023; null where there are none.</param>
/// <param name="RewardAccuracy">
/// How often rewards and CLIP score order two images as the rater does (Fig. 4); null where no one has judged the images.
/// </param>
/// <param name="Models">Reward, alignment and distances of each model (Table 2, Figs. 3 and 5).</param>
public sealed record EvaluationResult(
    ulong Seed,
    double ElapsedSeconds,
    long PeakResidentBytes,
    FeedbackCounts? Feedback,
    RewardAccuracy? RewardAccuracy,
    ModelEvaluations Models)
{
    /// <summary>Who judged alignment: <c>simulated rater</c> or <c>raters</c>; null where no one did.</summary>
    public string? Rater { get; init; }

    /// <summary>What the Fréchet Inception distances were measured on; null where they were not.</summary>
    public FidSettings? Fid { get; init; }

    /// <summary>People's votes between two models (Fig. 3); null where there are none.</summary>
    public IReadOnlyList<HumanComparison>? HumanEvaluation { get; init; }

    /// <summary>The content of report.json.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, EvaluationJson.Default.EvaluationResult);

    /// <summary>Writes report.json; it appears whole.</summary>
    /// <exception cref="StorageException">The file cannot be written.</exception>
    public void Write(string path) => AtomicFile.WriteAllText(path, ToJson() + "\n");

    /// <summary>Reads report.json.</summary>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">It is not a report.</exception>
    public static EvaluationResult Read(string path) =>
        TrainingFile.Read(path, EvaluationJson.Default.EvaluationResult, "a report of this program");
}
