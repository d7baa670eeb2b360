namespace AlignT2I.Training.Generation;

/// <summary>A prompt to draw.</summary>
/// <param name="Id">Part of the images' file names: letters, digits, '-' and '_'.</param>
/// <param name="Text">What the text encoder reads.</param>
public readonly record struct GenerationPrompt(string Id, string Text);
