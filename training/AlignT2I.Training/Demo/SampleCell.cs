using AlignT2I.Training.Evaluation;

namespace AlignT2I.Training.Demo;

/// <summary>A model's images of one prompt.</summary>
/// <param name="Model">The model's key in report.json: original, full, rejectionSampling, humanOnly, withUnlabeled.</param>
/// <param name="Images">Its images.</param>
public sealed record SampleCell(string Model, IReadOnlyList<JudgedImage> Images);
