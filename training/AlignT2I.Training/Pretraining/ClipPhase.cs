using AlignT2I.Engine;
using AlignT2I.Models.Clip;
using AlignT2I.Training.Miniature;

namespace AlignT2I.Training.Pretraining;

/// <summary>Trains CLIP: each image is to find its caption among the batch's, and each caption its image.</summary>
/// <remarks>
/// Radford et al. 2021, arXiv:2103.00020, figure 3. Two things make minutes enough where CLIP took weeks. A batch is made of groups that
/// share colour and background, which alone would tell a random batch apart. And two linear heads name object and count from the image's
/// embedding: without them neither tower learns to tell shapes before the other does. The heads are not part of the model.
/// </remarks>
internal sealed class ClipPhase : PretrainingPhase
{
    readonly ClipModel clip;
    readonly ClipTokenizer tokenizer;
    readonly Linear objectHead, countHead;

    public ClipPhase(ClipModel clip, ClipTokenizer tokenizer, ParameterStore parameters, PretrainOptions options)
        : this(clip, tokenizer, Heads(clip, parameters), parameters, options)
    {
    }

    ClipPhase(
        ClipModel clip, ClipTokenizer tokenizer, (Linear Object, Linear Count) heads, ParameterStore parameters, PretrainOptions options)
        : base(new PhasePlan("train CLIP", options.ClipSteps, options.ClipLearningRate, Stream: 2), options, parameters)
    {
        this.clip = clip;
        this.tokenizer = tokenizer;
        (objectHead, countHead) = heads;
    }

    /// <returns>Pixels, token ids, the place of each one's own in the batch, object and count.</returns>
    protected override Tensor[] Batch(Philox random)
    {
        int n = Options.ClipBatchSize;
        IReadOnlyList<(Scene Scene, ScenePrompt Caption)> scenes = RenderedImages.DrawGroups(n, Options.ClipGroupSize, random);
        int[] inputIds = [.. scenes.SelectMany(s => tokenizer.Encode(s.Caption.Text))];
        return
        [
            RenderedImages.Render(scenes).To(Backend), Tensor.From(inputIds, [n, tokenizer.ModelMaxLength], Backend),
            Tensor.From([.. Enumerable.Range(0, n)], [n], Backend),
            Tensor.From([.. scenes.Select(s => (int)s.Scene.Object)], [n], Backend),
            Tensor.From([.. scenes.Select(s => s.Scene.Placements.Count - 1)], [n], Backend),
        ];
    }

    protected override Tensor Loss(Tensor[] batch)
    {
        (Tensor pixels, Tensor inputIds, Tensor own, Tensor objects, Tensor counts) = (batch[0], batch[1], batch[2], batch[3], batch[4]);
        Tensor images = clip.ImageEmbeds(pixels), prompts = clip.TextEmbeds(inputIds);
        Tensor contrastive = F.Add(F.CrossEntropy(clip.Logits(images, prompts), own), F.CrossEntropy(clip.Logits(prompts, images), own));
        Tensor attributes = F.Add(F.CrossEntropy(objectHead.Call(images), objects), F.CrossEntropy(countHead.Call(images), counts));
        return F.Add(F.Affine(contrastive, 0.5), attributes);
    }

    static (Linear Object, Linear Count) Heads(ClipModel clip, ParameterStore parameters) => (
        new Linear(parameters.Root["object_head"], clip.Config.ProjectionDim, Enum.GetValues<WorldObject>().Length),
        new Linear(parameters.Root["count_head"], clip.Config.ProjectionDim, RenderedImages.MaxCount));
}
