namespace AlignT2I.Training.Evaluation;

/// <summary>Number of images by label.</summary>
/// <param name="Images">All images that were shown.</param>
/// <param name="Good">Labelled good, by most of their raters where there are several.</param>
/// <param name="Bad">Labelled bad.</param>
/// <param name="Skip">Skipped by all, or called good as often as bad.</param>
public sealed record LabelCounts(int Images, int Good, int Bad, int Skip);
