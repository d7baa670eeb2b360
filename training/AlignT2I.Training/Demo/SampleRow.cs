namespace AlignT2I.Training.Demo;

/// <summary>Images of one prompt from several models, made from the same seeds.</summary>
/// <param name="Prompt">The prompt's text.</param>
/// <param name="Seen">Whether feedback speaks of its object.</param>
/// <param name="Cells">One cell for each model, the original first.</param>
public sealed record SampleRow(string Prompt, bool Seen, IReadOnlyList<SampleCell> Cells);
