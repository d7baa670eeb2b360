using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Training.Finetuning;
using AlignT2I.Training.Miniature;

namespace AlignT2I.Training.PretrainingData;

/// <summary>The miniature's pre-training images: rendered scenes with their captions.</summary>
/// <param name="count">Number of scenes.</param>
/// <param name="seed">Decides them.</param>
/// <exception cref="UsageException"><paramref name="count"/> is negative.</exception>
public sealed class RenderedScenes(int count, ulong seed) : PretrainingSource
{
    const ulong SceneStream = 7;

    readonly int count = count >= 0 ? count : throw new UsageException($"finetune: {count} rendered scenes; expected 0 or more.");

    internal override IReadOnlyList<PretrainingImage> Collect(
        LatentCache latents, IProgress<StageProgress>? progress, CancellationToken cancellationToken)
    {
        ulong[] scenes = [.. Enumerable.Range(0, count).Select(i => new Philox(seed ^ (SceneStream << 32), (ulong)i).NextUInt64())];
        latents.Rendered(scenes, progress, cancellationToken);
        return [.. scenes.Select(s => new PretrainingImage(LatentCache.RenderedKey(s), SceneSampler.SamplePretraining(s).Caption.Text))];
    }
}
