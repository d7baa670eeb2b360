namespace AlignT2I.Training.Generation;

/// <summary>A prompt to draw and its images.</summary>
/// <param name="Id">Part of the images' file names: letters, digits, '-' and '_'.</param>
/// <param name="Text">What the text encoder reads.</param>
/// <param name="Images">The images to draw: <see cref="ImageSeed"/> makes them.</param>
public sealed record GenerationPrompt(string Id, string Text, IReadOnlyList<ImageSeed> Images);
