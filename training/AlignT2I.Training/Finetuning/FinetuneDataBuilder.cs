using AlignT2I.Engine;
using AlignT2I.Feedback;
using AlignT2I.Files;
using AlignT2I.Training.Caching;
using AlignT2I.Training.Embeddings;
using AlignT2I.Training.PretrainingData;
using AlignT2I.Training.Rewards;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Finetuning;

/// <summary>Reads what fine-tuning learns from out of a run folder, and weights it by the learned reward.</summary>
/// <param name="run">The run folder: prompts.jsonl, images.jsonl, feedback.jsonl.</param>
/// <param name="embeddings">CLIP embeddings of the run, for the reward.</param>
/// <param name="latents">Latents and text states of the run.</param>
/// <param name="reward">The reward.</param>
public sealed class FinetuneDataBuilder(RunFolder run, EmbeddingCache embeddings, LatentCache latents, TrainedReward reward)
{
    /// <summary>
    /// Images with labels (their labels do not count here, only the reward), those without where the mix has them, and pre-training
    /// images.
    /// </summary>
    /// <param name="mix">Which images take part.</param>
    /// <param name="pretraining">Where pre-training images come from, where the mix has them.</param>
    /// <param name="progress">Told while images are encoded.</param>
    /// <param name="cancellationToken">Ends the work between batches.</param>
    /// <exception cref="UsageException">There are no images or labels, or the reward is of another CLIP.</exception>
    /// <exception cref="FileFormatException">A file is damaged.</exception>
    public FinetuneData Build(
        FinetuneMix mix, PretrainingSource pretraining, IProgress<StageProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        reward.RequireClip(embeddings.ClipHash);
        ImageRecord[] images = Images(mix);
        RowTable imageLatents = latents.Images(images, progress, cancellationToken);
        IReadOnlyList<PretrainingImage> others = mix == FinetuneMix.Full ? pretraining.Collect(latents, progress, cancellationToken) : [];
        RowTable texts = latents.Texts(["", .. images.Select(i => i.Text), .. others.Select(o => o.Caption)], progress, cancellationToken);
        float[] rewards = Rewards(images, progress, cancellationToken);
        return new FinetuneData(
            imageLatents, texts, texts.IndexOf(""),
            [
                .. images.Select((image, i) =>
                    new FinetuneExample(imageLatents.IndexOf(EmbeddingCache.Key(image)), texts.IndexOf(image.Text), rewards[i])),
            ],
            [.. others.Select(o => new FinetuneExample(imageLatents.IndexOf(o.Key), texts.IndexOf(o.Caption), 1))]);
    }

    /// <summary>Skipped images are left out; unlabelled ones are those that no one was shown.</summary>
    ImageRecord[] Images(FinetuneMix mix)
    {
        IReadOnlyList<FeedbackRecord> records = run.ReadFeedback();
        HashSet<string> shown = [.. records.Select(r => r.Image)];
        HashSet<string> labelled = [.. LabelledImage.FromFeedback(records).Select(l => l.Image)];
        ImageRecord[] images =
            [.. run.ReadImages().Where(i => labelled.Contains(i.File) || (mix != FinetuneMix.HumanOnly && !shown.Contains(i.File)))];
        return images.Length > 0 ? images
            : throw new UsageException($"{run.FeedbackFile}: no image of this run has a label; rate some images first.");
    }

    float[] Rewards(ImageRecord[] images, IProgress<StageProgress>? progress, CancellationToken cancellationToken)
    {
        RowTable imageRows = embeddings.Images(images, progress, cancellationToken);
        RowTable textRows = embeddings.Texts([.. images.Select(i => i.Text)], progress, cancellationToken);
        using MemoryScope scope = MemoryScope.Open();
        return reward.Score(
            imageRows.Gather([.. images.Select(i => imageRows.IndexOf(EmbeddingCache.Key(i)))]),
            textRows.Gather([.. images.Select(i => textRows.IndexOf(i.Text))]));
    }
}
