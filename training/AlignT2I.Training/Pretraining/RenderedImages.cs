using AlignT2I.Engine;
using AlignT2I.Training.Miniature;
using AlignT2I.Training.Prompts;

namespace AlignT2I.Training.Pretraining;

/// <summary>Scenes with captions, and their pixels [N, 64, 64, 3], F32 in -1..1.</summary>
internal static class RenderedImages
{
    /// <summary>Most objects in a scene.</summary>
    public const int MaxCount = 5;

    const double StatedShare = 0.75;

    /// <summary>Pre-training scenes drawn at random.</summary>
    public static IReadOnlyList<(Scene Scene, ScenePrompt Caption)> Draw(int count, Philox random) =>
        [.. Enumerable.Range(0, count).Select(_ => SceneSampler.SamplePretraining(random.NextUInt64()))];

    /// <summary>Scenes in groups of one colour and one background, with different objects or counts;
    /// some captions leave colour or background out.</summary>
    public static IReadOnlyList<(Scene Scene, ScenePrompt Caption)> DrawGroups(int count, int groupSize, Philox random)
    {
        WorldObject[] objects = Enum.GetValues<WorldObject>();
        WorldColor[] colors = Enum.GetValues<WorldColor>();
        WorldBackground[] backgrounds = Enum.GetValues<WorldBackground>();
        int[] combinations = new int[objects.Length * MaxCount];
        List<(Scene, ScenePrompt)> scenes = [];
        while (scenes.Count < count)
        {
            WorldColor color = colors[random.NextInt(colors.Length)];
            WorldBackground background = backgrounds[random.NextInt(backgrounds.Length)];
            random.Permutation(combinations);
            foreach (int combination in combinations.Take(Math.Min(groupSize, count - scenes.Count)))
            {
                WorldObject worldObject = objects[combination / MaxCount];
                int number = combination % MaxCount + 1;
                ScenePrompt all = SceneGrammar.Create(worldObject, number, color, background, PromptSplit.Pretrain);
                ScenePrompt caption = SceneGrammar.Create(
                    worldObject, number > 1 || States(random) ? number : null, States(random) ? color : null,
                    States(random) ? background : null, PromptSplit.Pretrain);
                scenes.Add((SceneSampler.Sample(all, random.NextUInt64()), caption));
            }
        }

        return scenes;
    }

    /// <summary>The pictures of scenes.</summary>
    public static Tensor Render(IReadOnlyList<(Scene Scene, ScenePrompt Caption)> scenes)
    {
        Tensor pixels = Tensor.Empty([scenes.Count, SceneRenderer.Size, SceneRenderer.Size, 3], DType.F32, Backend.Cpu);
        Span<byte> rgb = new byte[SceneRenderer.ByteCount];
        for (int i = 0; i < scenes.Count; i++)
        {
            SceneRenderer.Render(scenes[i].Scene, rgb);
            Span<float> image = pixels.AsSpan<float>().Slice(i * SceneRenderer.ByteCount, SceneRenderer.ByteCount);
            for (int j = 0; j < rgb.Length; j++)
                image[j] = rgb[j] / 127.5f - 1;
        }

        return pixels;
    }

    static bool States(Philox random) => random.NextDouble() < StatedShare;
}
