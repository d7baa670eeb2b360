using AlignT2I.Training.Caching;

namespace AlignT2I.Training.Rewards;

/// <summary>Labelled images and the embeddings that they refer to.</summary>
/// <param name="Images">CLIP embeddings of images, rows of length 1.</param>
/// <param name="Texts">CLIP embeddings of prompts and perturbed prompts, rows of length 1.</param>
/// <param name="Examples">The labels.</param>
public sealed record RewardData(RowTable Images, RowTable Texts, IReadOnlyList<RewardExample> Examples);
