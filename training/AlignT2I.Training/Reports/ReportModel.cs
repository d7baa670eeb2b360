using AlignT2I.Training.Evaluation;

namespace AlignT2I.Training.Reports;

/// <summary>A model as the report names and colours it.</summary>
/// <param name="Key">Its key in report.json.</param>
/// <param name="Name">What tables and legends call it.</param>
/// <param name="Style">Its class in the style sheet.</param>
/// <param name="Note">How it came about.</param>
internal sealed record ReportModel(string Key, string Name, string Style, string Note)
{
    public static readonly ReportModel Original = new("original", "Original", "m-original", "before fine-tuning");
    public static readonly ReportModel HumanOnly =
        new("humanOnly", "Labelled only", "m-human", "fine-tuned on labelled images, weighted by the reward");
    public static readonly ReportModel WithUnlabeled =
        new("withUnlabeled", "+ unlabelled", "m-unlabeled", "the same with unlabelled images besides");
    public static readonly ReportModel Full =
        new("full", "Fine-tuned (full)", "m-full", "labelled and unlabelled images and the pre-training loss: all of eq. 4");
    public static readonly ReportModel RejectionSampling = new(
        "rejectionSampling", "Rejection sampling", "m-rejection",
        "the original model’s images that have the highest reward of each prompt");

    static readonly ReportModel[] all = [Original, HumanOnly, WithUnlabeled, Full, RejectionSampling];

    /// <summary>The models of a result, from the original on.</summary>
    public static IReadOnlyList<(ReportModel Model, ModelEvaluation Evaluation)> In(ModelEvaluations models)
    {
        ModelEvaluation?[] evaluations = [models.Original, models.HumanOnly, models.WithUnlabeled, models.Full, models.RejectionSampling];
        return [.. all.Zip(evaluations).Where(m => m.Second is not null).Select(m => (m.First, m.Second!))];
    }

    /// <summary>The model with this key.</summary>
    public static ReportModel Of(string key) => all.First(m => m.Key == key);
}
