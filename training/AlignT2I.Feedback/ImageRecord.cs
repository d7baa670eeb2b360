namespace AlignT2I.Feedback;

/// <summary>One line of images.jsonl: an image and how it was made. The line is written when the image lies whole in its place.</summary>
/// <param name="Id">Unique in the run: the prompt's id and the number of the image.</param>
/// <param name="File">
/// The PNG, from the folder on, with forward slashes: <c>images/three-red-stars-0002.png</c> in a run folder, a name alone in one of
/// pictures.
/// </param>
/// <param name="PromptId">Id of the prompt.</param>
/// <param name="Text">Text of the prompt.</param>
/// <param name="Seed">Seed of the image's first noise.</param>
/// <param name="ModelHash">Hash of the UNet that drew it.</param>
/// <param name="Sampler">The sampler's class, as in <c>DDIMScheduler</c>.</param>
/// <param name="Steps">Number of denoising steps.</param>
/// <param name="GuidanceScale">Classifier-free guidance weight; 1 is none.</param>
/// <param name="NegativePrompt">What guidance leads away from.</param>
/// <param name="Height">Height in pixels that was asked for; null for the model's own.</param>
/// <param name="Width">Width in pixels that was asked for; null for the model's own.</param>
public sealed record ImageRecord(
    string Id, string File, string PromptId, string Text, ulong Seed, string ModelHash, string Sampler, int Steps, double GuidanceScale,
    string NegativePrompt = "", int? Height = null, int? Width = null);
