using AlignT2I.Training.Prompts;

namespace AlignT2I.Training.Reports;

/// <summary>Pictures of one evaluation prompt by several models, from the same seeds (Lee et al. 2023, Fig. 5).</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="Rows">The pictures by the key of the model, as in report.json; in the same order of seeds.</param>
public sealed record ReportSample(Prompt Prompt, IReadOnlyList<(string Model, IReadOnlyList<ReportPicture> Pictures)> Rows);
