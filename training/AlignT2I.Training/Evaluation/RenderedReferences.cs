using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Training.Caching;
using AlignT2I.Training.Embeddings;
using AlignT2I.Training.Miniature;
using AlignT2I.Training.Prompts;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Evaluation;

/// <summary>Rendered images of prompts of the miniature world, as CLIP sees them: what the miniature's Fréchet
/// distance is measured to.</summary>
/// <param name="run">The run folder, for the cached embeddings.</param>
/// <param name="clip">CLIP.</param>
/// <param name="prompts">The prompts.</param>
/// <param name="imagesPerPrompt">Rendered images of each.</param>
/// <param name="seed">Decides the scenes.</param>
internal sealed class RenderedReferences(RunFolder run, ClipEmbedder clip, IReadOnlyList<Prompt> prompts, int imagesPerPrompt, ulong seed)
{
    const int BatchSize = 64;

    /// <summary>Their embeddings [N, Dim], in the current memory scope.</summary>
    public Tensor Embed(IProgress<StageProgress>? progress, CancellationToken cancellationToken)
    {
        using var cache = new RowCache(Path.Combine(run.EmbeddingsFolder, $"rendered-{clip.Hash}"), [clip.Dim]);
        RowTable table = cache.Ensure(
            [.. Scenes()], r => r.Key, batch => clip.EmbedImages([.. batch.Select(r => Render(r.Prompt, r.Seed))]),
            BatchSize, "embed rendered images", progress, cancellationToken);
        return table.Gather([.. Scenes().Select(r => table.IndexOf(r.Key))]);
    }

    IEnumerable<(string Key, Prompt Prompt, ulong Seed)> Scenes()
    {
        for (int p = 0; p < prompts.Count; p++)
        {
            for (int i = 0; i < imagesPerPrompt; i++)
            {
                ulong scene = new Philox(seed, (ulong)p * 65_536 + (ulong)i).NextUInt64();
                yield return (FormattableString.Invariant($"{prompts[p].Id}-{scene}"), prompts[p], scene);
            }
        }
    }

    static Image Render(Prompt prompt, ulong scene)
    {
        byte[] rgb = new byte[SceneRenderer.ByteCount];
        SceneRenderer.Render(SceneSampler.Sample(ScenePrompt.Of(prompt), scene), rgb);
        return new Image(SceneRenderer.Size, SceneRenderer.Size, 3, rgb);
    }
}
