namespace AlignT2I.Training.PretrainingData;

/// <summary>An image of D_pre whose latents are in the cache.</summary>
/// <param name="Key">Key of its row of latents.</param>
/// <param name="Caption">Its caption.</param>
public readonly record struct PretrainingImage(string Key, string Caption);
