namespace AlignT2I.Training.Finetuning;

/// <summary>An image and its prompt, as rows of the cached tables, and how much its likelihood counts.</summary>
/// <param name="LatentRow">Row of the image's latents.</param>
/// <param name="TextRow">Row of the prompt's text states.</param>
/// <param name="Weight">The learned reward r(x, z) in 0..1; 1 for pre-training images.</param>
public readonly record struct FinetuneExample(int LatentRow, int TextRow, float Weight);
