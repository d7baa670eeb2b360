namespace AlignT2I.Training.Reports;

/// <summary>A picture in the report with what was said of it.</summary>
/// <param name="Png">The file's bytes.</param>
/// <param name="Prompt">What it was made for.</param>
/// <param name="Maker">Who drew it, as in <c>the original model</c>.</param>
/// <param name="Good">Whether its judge finds that it shows the prompt; null where no one has judged it.</param>
/// <param name="Reward">The learned reward, 0 to 1; null where it was not computed.</param>
/// <param name="Rater">Who judged it, as in <c>simulated rater</c>.</param>
public sealed record ReportPicture(byte[] Png, string Prompt, string Maker, bool? Good, double? Reward = null, string Rater = "rater");
