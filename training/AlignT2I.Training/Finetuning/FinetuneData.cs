using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using AlignT2I.Files;
using AlignT2I.Training.Caching;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Finetuning;

/// <summary>What fine-tuning learns from.</summary>
/// <param name="Latents">VAE latents [h, w, C] a row, scaled.</param>
/// <param name="TextStates">Text encoder states [S, D] a row.</param>
/// <param name="EmptyTextRow">Row of the empty prompt's text states.</param>
/// <param name="Model">D_model: images of the model.</param>
/// <param name="Pretraining">D_pre; may be empty where the mix has no pre-training loss.</param>
/// <param name="ModelHash">Tells the model that is fine-tuned from others.</param>
public sealed record FinetuneData(
    RowTable Latents,
    RowTable TextStates,
    int EmptyTextRow,
    IReadOnlyList<FinetuneExample> Model,
    IReadOnlyList<FinetuneExample> Pretraining,
    string ModelHash = "")
{
    /// <summary>A number that changes with data and model: a checkpoint, which need not hold all weights, goes on only with those that it
    /// was made with.</summary>
    internal string Fingerprint()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(ModelHash));
        foreach (FinetuneExample example in Model.Concat(Pretraining))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{Latents.Keys[example.LatentRow]}\n{TextStates.Keys[example.TextRow]}\n"));
            hash.AppendData(MemoryMarshal.AsBytes<float>([example.Weight]));
        }
        return ContentHash.Digits(hash.GetHashAndReset());
    }

    /// <exception cref="UsageException">The mix needs images that are not there.</exception>
    internal void Validate(FinetuneOptions options)
    {
        if (Model.Count == 0)
            throw new UsageException("finetune: there is no image of the model to learn from; generate and rate some first.");
        foreach (FinetuneExample example in Model)
        {
            if (!(example.Weight >= 0 && float.IsFinite(example.Weight)))
            {
                string image = Latents.Keys[example.LatentRow];
                throw new UsageException(FormattableString.Invariant(
                    $"finetune: the reward of '{image}' is {example.Weight}; expected 0 or more. Train the reward again."));
            }
        }
        if (Model.All(e => e.Weight == 0))
            throw new UsageException("finetune: the reward of every image is 0; train the reward on images of which some are good.");
        if (options.Mix == FinetuneMix.Full && options.PretrainingWeight > 0 && Pretraining.Count == 0)
            throw new UsageException("finetune: the full mix needs pre-training images; give some, or choose the mix withUnlabeled.");
    }
}
