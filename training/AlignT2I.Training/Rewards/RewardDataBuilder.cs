using AlignT2I.Feedback;
using AlignT2I.Files;
using AlignT2I.Training.Caching;
using AlignT2I.Training.Embeddings;
using AlignT2I.Training.Miniature;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Rewards;

/// <summary>Reads what the reward learns from out of a run folder.</summary>
public static class RewardDataBuilder
{
    /// <summary>Labelled images with the majority's label, their embeddings and those of perturbed prompts.</summary>
    /// <param name="run">The run folder: prompts.jsonl, images.jsonl, feedback.jsonl.</param>
    /// <param name="cache">Embeddings of the run.</param>
    /// <param name="perturbedPrompts">Perturbed prompts for each image.</param>
    /// <param name="seed">Decides which.</param>
    /// <param name="progress">Told while embeddings are computed.</param>
    /// <param name="cancellationToken">Ends the work between batches.</param>
    /// <exception cref="UsageException">There are no prompts, images or labels.</exception>
    /// <exception cref="FileFormatException">A file is damaged, or a label's image or prompt is not of this run.</exception>
    public static RewardData Build(
        RunFolder run, EmbeddingCache cache, int perturbedPrompts, ulong seed,
        IProgress<StageProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        Dictionary<string, ScenePrompt> prompts = PromptFile.Read(run.PromptsFile).ToDictionary(p => p.Id);
        Dictionary<string, ImageRecord> images = run.ReadImages().ToDictionary(i => i.File);
        IReadOnlyList<LabelledImage> labels = LabelledImage.FromFeedback(FeedbackFile.Read(run.FeedbackFile));
        if (labels.Count == 0)
            throw new FileFormatException(run.FeedbackFile, "it has no label good or bad; rate some images first.");

        Dictionary<string, ScenePrompt[]> perturbed = [];
        List<(ImageRecord Image, ScenePrompt Prompt, bool Good)> labelled = [];
        foreach (LabelledImage label in labels)
        {
            if (label.Majority is not { } majority)
                continue;
            if (!images.TryGetValue(label.Image, out ImageRecord? image) || !prompts.TryGetValue(image.PromptId, out ScenePrompt? prompt))
                throw new FileFormatException(run.FeedbackFile, $"the image {label.Image} or its prompt is not of this run.");
            labelled.Add((image, prompt, majority == FeedbackLabel.Good));
            if (!perturbed.ContainsKey(prompt.Id))
                perturbed[prompt.Id] = Perturb(prompt, perturbedPrompts, seed);
        }

        RowTable imageRows = cache.Images([.. labelled.Select(l => l.Image)], progress, cancellationToken);
        string[] texts = [.. labelled.Select(l => l.Prompt.Text), .. perturbed.Values.SelectMany(p => p).Select(p => p.Text)];
        RowTable textRows = cache.Texts(texts, progress, cancellationToken);
        return new RewardData(imageRows, textRows,
        [
            .. labelled.Select(l => new RewardExample(
                l.Prompt.Id, imageRows.IndexOf(EmbeddingCache.Key(l.Image)), textRows.IndexOf(l.Prompt.Text),
                [.. perturbed[l.Prompt.Id].Select(p => textRows.IndexOf(p.Text))], l.Good)),
        ]);
    }

    static ScenePrompt[] Perturb(ScenePrompt prompt, int count, ulong seed)
    {
        try
        {
            return [.. PromptPerturbation.Create(prompt, count, seed)];
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new UsageException($"train-reward: '{prompt.Text}' has fewer than {count} perturbed prompts; ask for fewer.", e);
        }
    }
}
