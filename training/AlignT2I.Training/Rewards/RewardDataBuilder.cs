using AlignT2I.Feedback;
using AlignT2I.Files;
using AlignT2I.Training.Caching;
using AlignT2I.Training.Embeddings;
using AlignT2I.Training.Prompts;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Rewards;

/// <summary>Reads what the reward learns from out of a run folder.</summary>
public static class RewardDataBuilder
{
    /// <summary>Labelled images with the label of their raters, their embeddings and those of perturbed prompts.</summary>
    /// <param name="run">The run folder: prompts.jsonl, images.jsonl, feedback.jsonl.</param>
    /// <param name="cache">Embeddings of the run.</param>
    /// <param name="options">Perturbed prompts for each image, the seed that decides which, and what several raters' labels mean.</param>
    /// <param name="progress">Told while embeddings are computed.</param>
    /// <param name="cancellationToken">Ends the work between batches.</param>
    /// <exception cref="UsageException">There are no prompts, images or labels.</exception>
    /// <exception cref="FileFormatException">A file is damaged, or a label's image or prompt is not of this run.</exception>
    public static RewardData Build(
        RunFolder run, EmbeddingCache cache, RewardTrainingOptions options,
        IProgress<StageProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<Prompt> all = RunPrompts.Read(run);
        var perturbation = new PromptPerturbation(RunPrompts.GrammarOf(run), all);
        Dictionary<string, Prompt> prompts = all.ToDictionary(p => p.Id);
        Dictionary<string, ImageRecord> images = run.ReadImages().ToDictionary(i => i.File);
        IReadOnlyList<LabelledImage> labels = LabelledImage.FromFeedback(run.ReadFeedback());
        if (labels.Count == 0)
            throw new FileFormatException(run.FeedbackFile, "it has no label good or bad; rate some images first.");

        Dictionary<string, IReadOnlyList<string>> perturbed = [];
        List<(ImageRecord Image, Prompt Prompt, float Label)> labelled = [];
        foreach (LabelledImage label in labels)
        {
            if (LabelOf(label, options.Labels) is not { } value)
                continue;
            if (!images.TryGetValue(label.Image, out ImageRecord? image) || !prompts.TryGetValue(image.PromptId, out Prompt? prompt))
            {
                throw new FileFormatException($"{run.FeedbackFile}:{FeedbackFile.LineOf(run.FeedbackFile, label.Image)}",
                    $"the image {label.Image} or its prompt is not of this run; delete its lines, or take the run that it is of.");
            }
            labelled.Add((image, prompt, value));
            if (!perturbed.ContainsKey(prompt.Id))
                perturbed[prompt.Id] = perturbation.Create(prompt, options.PerturbedPrompts, options.Seed);
        }

        RowTable imageRows = cache.Images([.. labelled.Select(l => l.Image)], progress, cancellationToken);
        string[] texts = [.. labelled.Select(l => l.Prompt.Text), .. perturbed.Values.SelectMany(p => p)];
        RowTable textRows = cache.Texts(texts, progress, cancellationToken);
        return new RewardData(imageRows, textRows,
        [
            .. labelled.Select(l => new RewardExample(
                l.Prompt.Id, imageRows.IndexOf(EmbeddingCache.Key(l.Image)), textRows.IndexOf(l.Prompt.Text),
                [.. perturbed[l.Prompt.Id].Select(textRows.IndexOf)], l.Label)),
        ]);
    }

    /// <summary>The label of an image; null where it has none.</summary>
    static float? LabelOf(LabelledImage image, RewardLabels rule) => rule switch
    {
        RewardLabels.Mean => (float)image.GoodShare,
        _ => image.Majority is { } majority ? (majority == FeedbackLabel.Good ? 1 : 0) : null,
    };
}
