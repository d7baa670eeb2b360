using AlignT2I.Engine;

namespace AlignT2I.Training.Rewards;

/// <summary>What one step of reward training reads.</summary>
/// <param name="ImageEmbeds">Embeddings of images [B, imageEmbedDim].</param>
/// <param name="TextEmbeds">Embeddings of the prompts that they were made for [B, textEmbedDim].</param>
/// <param name="Labels">y [B]: 1 good, 0 bad.</param>
/// <param name="Classification">Images for the prompt classification; null where there is none or no good image.</param>
public sealed record RewardBatch(Tensor ImageEmbeds, Tensor TextEmbeds, Tensor Labels, PromptClassificationBatch? Classification);
