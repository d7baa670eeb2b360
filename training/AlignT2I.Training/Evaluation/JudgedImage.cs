using AlignT2I.Feedback;
using AlignT2I.Training.Prompts;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Evaluation;

/// <summary>An image of an evaluation prompt and what is thought of it.</summary>
/// <param name="Path">Its PNG.</param>
/// <param name="Image">How it was made.</param>
/// <param name="Prompt">What it should show.</param>
/// <param name="Good">Whether the judge finds that it does; null where no one has judged it.</param>
/// <param name="Reward">The learned reward, 0 to 1; null where there is none.</param>
/// <param name="ClipScore">Cosine of CLIP's embeddings of image and prompt, -1 to 1.</param>
/// <param name="Aesthetic">Aesthetic score, about 1 to 10; null where there is no predictor.</param>
public sealed record JudgedImage(
    string Path, ImageRecord Image, Prompt Prompt, bool? Good, double? Reward, double ClipScore, double? Aesthetic = null);
