using AlignT2I.Training.Prompts;

namespace AlignT2I.Training.Miniature;

/// <summary>What the web would say of a scene: its caption, at times with another count, colour or background in it.</summary>
/// <remarks>
/// The text beside a picture of the web is often about something else. A model that learns from such captions draws well and often
/// disobeys, as people found SD v1.5 to do (Lee et al. 2023, Table 1).
/// </remarks>
internal static class WebCaption
{
    const float OtherCount = 0.1f, OtherColor = 0.3f, OtherBackground = 0.2f;

    /// <summary>The web's caption in place of the true one. It states the same attributes; only counts above one are misstated.</summary>
    /// <param name="truth">A true caption.</param>
    /// <param name="seed">Decides what is misstated, and how.</param>
    public static ScenePrompt Of(ScenePrompt truth, ulong seed)
    {
        var random = new WorldRandom(seed, index: 4);
        int? count = random.NextBool(OtherCount) && truth.Count is > 1 and int many ? OneOff(many, ref random) : truth.Count;
        WorldColor? color = random.NextBool(OtherColor) ? Other(truth.Color, WorldWords.Colors, ref random) : truth.Color;
        WorldBackground? background =
            random.NextBool(OtherBackground) ? Other(truth.Background, WorldWords.Backgrounds, ref random) : truth.Background;
        return SceneGrammar.Create(truth.Object, count, color, background, truth.Split);
    }

    /// <summary>One less or one more, in 2 .. 5.</summary>
    static int OneOff(int count, ref WorldRandom random) => count == 5 || (count > 2 && random.NextBool(0.5f)) ? count - 1 : count + 1;

    static T? Other<T>(T? value, T[] all, ref WorldRandom random) where T : struct, Enum =>
        value is null ? null : all[(Array.IndexOf(all, value.Value) + 1 + random.NextInt(all.Length - 1)) % all.Length];
}
