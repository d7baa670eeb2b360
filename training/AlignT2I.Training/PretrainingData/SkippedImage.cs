namespace AlignT2I.Training.PretrainingData;

/// <summary>A line of the list of what could not be used.</summary>
/// <param name="Problem">Where it is, what was found and what was expected.</param>
internal sealed record SkippedImage(string Problem);
