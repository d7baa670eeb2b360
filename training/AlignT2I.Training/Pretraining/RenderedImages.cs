using AlignT2I.Engine;
using AlignT2I.Training.Miniature;

namespace AlignT2I.Training.Pretraining;

/// <summary>Rendered scenes as tensors.</summary>
internal static class RenderedImages
{
    /// <summary>Renders the pre-training scenes of the given seeds.</summary>
    /// <returns>Pixels [N, 64, 64, 3], F32 in -1..1, and the scenes' captions.</returns>
    public static (Tensor Pixels, string[] Captions) Render(ReadOnlySpan<ulong> seeds)
    {
        Tensor pixels = Tensor.Empty([seeds.Length, SceneRenderer.Size, SceneRenderer.Size, 3], DType.F32, Backend.Cpu);
        string[] captions = new string[seeds.Length];
        Span<byte> rgb = new byte[SceneRenderer.ByteCount];
        for (int i = 0; i < seeds.Length; i++)
        {
            (Scene scene, ScenePrompt caption) = SceneSampler.SamplePretraining(seeds[i]);
            SceneRenderer.Render(scene, rgb);
            captions[i] = caption.Text;
            Span<float> image = pixels.AsSpan<float>().Slice(i * SceneRenderer.ByteCount, SceneRenderer.ByteCount);
            for (int j = 0; j < rgb.Length; j++)
                image[j] = rgb[j] / 127.5f - 1;
        }

        return (pixels, captions);
    }

    /// <summary>A batch of scenes drawn at random.</summary>
    public static (Tensor Pixels, string[] Captions) Draw(int count, Philox random)
    {
        ulong[] seeds = new ulong[count];
        for (int i = 0; i < count; i++)
            seeds[i] = random.NextUInt64();
        return Render(seeds);
    }
}
