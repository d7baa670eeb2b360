namespace AlignT2I.Training.PretrainingData;

/// <summary>A line of the list of pre-training images: an image that is kept, or the end of a part.</summary>
/// <param name="Part">The shard or folder.</param>
/// <param name="Key">Key of the image's latents; null at the end of a part.</param>
/// <param name="Caption">Its caption.</param>
/// <param name="Stamp">At the end of a part: what changes with its content.</param>
/// <param name="Skipped">At the end of a part: images of it that could not be read.</param>
internal sealed record PretrainingRecord(string Part, string? Key = null, string? Caption = null, string? Stamp = null, int Skipped = 0);
