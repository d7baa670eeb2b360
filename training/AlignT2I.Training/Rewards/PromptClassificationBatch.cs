using AlignT2I.Engine;

namespace AlignT2I.Training.Rewards;

/// <summary>Good images, each with the prompt that it was made for among perturbed ones.</summary>
/// <param name="ImageEmbeds">Embeddings of images labelled good [M, imageEmbedDim].</param>
/// <param name="TextEmbeds">Embeddings of N prompts for each [M, N, textEmbedDim].</param>
/// <param name="Targets">Which of the N is the original [M] I32.</param>
public sealed record PromptClassificationBatch(Tensor ImageEmbeds, Tensor TextEmbeds, Tensor Targets);
