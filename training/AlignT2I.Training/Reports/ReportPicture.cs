namespace AlignT2I.Training.Reports;

/// <summary>A picture in the report with what was said of it.</summary>
/// <param name="Png">The file's bytes.</param>
/// <param name="Prompt">What it was made for.</param>
/// <param name="Maker">Who drew it, as in <c>the original model</c>.</param>
/// <param name="Good">Whether the simulated rater finds that it shows the prompt.</param>
/// <param name="Reward">The learned reward, 0 to 1; null where it was not computed.</param>
public sealed record ReportPicture(byte[] Png, string Prompt, string Maker, bool Good, double? Reward = null);
