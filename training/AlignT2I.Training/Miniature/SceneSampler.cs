using AlignT2I.Training.Prompts;

namespace AlignT2I.Training.Miniature;

/// <summary>Draws scenes at random: one that fits a prompt, or one with a caption for pre-training.</summary>
public static class SceneSampler
{
    const float EdgeMargin = 1.5f, Gap = 3f, MaxRotation = MathF.PI / 18;

    // By count: as large as fits, with room to move.
    static readonly (float Low, float High)[] radii = [(16, 20), (12.8f, 15.5f), (11.2f, 13), (10.2f, 11.8f), (9.6f, 10.6f)];

    /// <summary>A scene that fits the prompt; what the prompt does not state is random, and "a" is one object.</summary>
    /// <param name="prompt">What has to be in the scene.</param>
    /// <param name="seed">Decides the rest.</param>
    public static Scene Sample(ScenePrompt prompt, ulong seed)
    {
        var random = new WorldRandom(seed, index: 2);
        WorldColor color = prompt.Color ?? random.Pick(WorldWords.Colors);
        WorldBackground background = prompt.Background ?? random.Pick(WorldWords.Backgrounds);
        PlacedObject[] placements = Place(prompt.Count ?? 1, ref random);
        return new Scene(prompt.Object, color, background, placements, random.NextUInt64());
    }

    /// <summary>A random scene and a true caption for it, which may leave out colour, background, or say "a" for "one".</summary>
    /// <remarks>All objects are equally likely. Two scenes of five have one object; the other counts are equally likely.</remarks>
    /// <param name="seed">Decides both.</param>
    public static (Scene Scene, ScenePrompt Caption) SamplePretraining(ulong seed)
    {
        var random = new WorldRandom(seed, index: 3);
        WorldObject worldObject = random.Pick(WorldWords.Objects);
        int count = random.NextBool(0.4f) ? 1 : 2 + random.NextInt(4);
        WorldColor color = random.Pick(WorldWords.Colors);
        WorldBackground background = random.Pick(WorldWords.Backgrounds);
        ScenePrompt caption = SceneGrammar.Create(
            worldObject,
            count > 1 || random.NextBool(0.4f) ? count : null,
            random.NextBool(0.6f) ? color : null,
            random.NextBool(0.6f) ? background : null,
            PromptSplit.Pretrain);
        PlacedObject[] placements = Place(count, ref random);
        return (new Scene(worldObject, color, background, placements, random.NextUInt64()), caption);
    }

    /// <summary>Places objects inside the frame, <see cref="Gap"/> pixels apart: at random, then pushed apart until they fit.</summary>
    static PlacedObject[] Place(int count, ref WorldRandom random)
    {
        (float low, float high) = radii[count - 1];
        var placed = new PlacedObject[count];
        for (float shrink = 1; ; shrink *= 0.99f)   // smaller each time it did not work out, so that it ends
        {
            for (int i = 0; i < count; i++)
            {
                float radius = random.NextSingle(low, high) * shrink, room = radius + EdgeMargin;
                placed[i] = new PlacedObject(
                    random.NextSingle(room, SceneRenderer.Size - room), random.NextSingle(room, SceneRenderer.Size - room),
                    radius, random.NextSingle(-MaxRotation, MaxRotation));
            }
            for (int iteration = 0; iteration < 60; iteration++)
            {
                if (!PushApart(placed))
                    return placed;
            }
        }
    }

    /// <summary>Moves every pair that is too close apart, back into the frame. False when there was none.</summary>
    static bool PushApart(PlacedObject[] placed)
    {
        bool moved = false;
        for (int i = 0; i < placed.Length; i++)
        {
            for (int j = i + 1; j < placed.Length; j++)
            {
                PlacedObject a = placed[i], b = placed[j];
                float dx = b.X - a.X, dy = b.Y - a.Y, distance = MathF.Sqrt(dx * dx + dy * dy) + 1e-3f;
                float missing = a.Radius + b.Radius + Gap - distance;
                if (missing <= 0)
                    continue;
                moved = true;
                float step = 0.5f * missing / distance + 1e-3f;
                placed[i] = Inside(a with { X = a.X - dx * step, Y = a.Y - dy * step });
                placed[j] = Inside(b with { X = b.X + dx * step, Y = b.Y + dy * step });
            }
        }
        return moved;
    }

    static PlacedObject Inside(PlacedObject p)
    {
        float room = p.Radius + EdgeMargin;
        return p with { X = Math.Clamp(p.X, room, SceneRenderer.Size - room), Y = Math.Clamp(p.Y, room, SceneRenderer.Size - room) };
    }
}
