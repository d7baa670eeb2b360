using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using AlignT2I.Training.Caching;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Rewards;

/// <summary>Labelled images and the embeddings that they refer to.</summary>
/// <param name="Images">CLIP embeddings of images, rows of length 1.</param>
/// <param name="Texts">CLIP embeddings of prompts and perturbed prompts, rows of length 1.</param>
/// <param name="Examples">The labels.</param>
public sealed record RewardData(RowTable Images, RowTable Texts, IReadOnlyList<RewardExample> Examples)
{
    /// <summary>Tells these labels and embeddings from others: the first digits of SHA-256 over every label with the keys of its rows, and
    /// over the rows themselves, which another CLIP has under the same keys.</summary>
    public string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (RewardExample e in Examples)
        {
            string perturbed = string.Join('|', e.PerturbedRows.Select(row => Texts.Keys[row]));
            string example = FormattableString.Invariant(
                $"{e.PromptId}|{Images.Keys[e.ImageRow]}|{Texts.Keys[e.TextRow]}|{e.Label}|{perturbed}\n");
            hash.AppendData(Encoding.UTF8.GetBytes(example));
        }
        Append(hash, Images, Examples.Select(e => e.ImageRow));
        Append(hash, Texts, Examples.SelectMany(e => e.PerturbedRows.Prepend(e.TextRow)));
        return ContentHash.Digits(hash.GetHashAndReset());
    }

    static void Append(IncrementalHash hash, RowTable table, IEnumerable<int> rows)
    {
        foreach (int row in rows.Distinct())
            hash.AppendData(MemoryMarshal.AsBytes(table.Row(row)));
    }
}
