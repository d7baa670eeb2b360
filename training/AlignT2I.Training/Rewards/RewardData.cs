using System.Globalization;
using AlignT2I.Engine;
using AlignT2I.Training.Caching;

namespace AlignT2I.Training.Rewards;

/// <summary>Labelled images and the embeddings that they refer to.</summary>
/// <param name="Images">CLIP embeddings of images, rows of length 1.</param>
/// <param name="Texts">CLIP embeddings of prompts and perturbed prompts, rows of length 1.</param>
/// <param name="Examples">The labels.</param>
public sealed record RewardData(RowTable Images, RowTable Texts, IReadOnlyList<RewardExample> Examples)
{
    /// <summary>Tells these labels and embeddings from others: an FNV-1a hash of every label with the keys of its rows.</summary>
    public string Hash()
    {
        ulong hash = 0;
        foreach (RewardExample e in Examples)
        {
            string example = FormattableString.Invariant(
                $"{e.PromptId}|{Images.Keys[e.ImageRow]}|{Texts.Keys[e.TextRow]}|{e.Label}");
            hash = unchecked(hash * 31 + Fnv1a.Hash(example));
            foreach (int row in e.PerturbedRows)
                hash = unchecked(hash * 31 + Fnv1a.Hash(Texts.Keys[row]));
        }
        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }
}
