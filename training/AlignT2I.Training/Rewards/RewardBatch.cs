using AlignT2I.Engine;

namespace AlignT2I.Training.Rewards;

/// <summary>What one step of reward training reads: R pairs of an image and a prompt, each judged by the network once.</summary>
/// <param name="ImageEmbeds">Embeddings of images [R, imageEmbedDim].</param>
/// <param name="TextEmbeds">Embeddings of prompts [R, textEmbedDim].</param>
/// <param name="Labels">y [B] of the first B pairs: 1 good, 0 bad, between them where raters disagree.</param>
/// <param name="Choices">The pairs [M, N] I32 that the prompt classification of M good images chooses among,
/// the original first; null leaves it out.</param>
public sealed record RewardBatch(Tensor ImageEmbeds, Tensor TextEmbeds, Tensor Labels, Tensor? Choices)
{
    /// <summary>As recorded work is given it.</summary>
    internal RewardBatch(Tensor[] tensors) : this(tensors[0], tensors[1], tensors[2], tensors.ElementAtOrDefault(3))
    {
    }

    /// <summary>As recorded work takes it.</summary>
    internal Tensor[] Tensors => Choices is null ? [ImageEmbeds, TextEmbeds, Labels] : [ImageEmbeds, TextEmbeds, Labels, Choices];
}
