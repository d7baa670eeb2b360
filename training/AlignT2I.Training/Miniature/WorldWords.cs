namespace AlignT2I.Training.Miniature;

/// <summary>The values of the world's attributes and the English words for them.</summary>
internal static class WorldWords
{
    public const int MaxCount = 5;

    public static readonly WorldObject[] Objects = Enum.GetValues<WorldObject>();
    public static readonly WorldColor[] Colors = Enum.GetValues<WorldColor>();
    public static readonly WorldBackground[] Backgrounds = Enum.GetValues<WorldBackground>();
    public static readonly int[] Counts = [1, 2, 3, 4, 5];

    static readonly string[] numbers = ["one", "two", "three", "four", "five"];

    public static string Number(int count) => numbers[count - 1];

    public static string Singular(WorldObject value) => value.ToString().ToLowerInvariant();

    public static string Plural(WorldObject value) => Singular(value) + (value == WorldObject.Cross ? "es" : "s");

    public static string Word(WorldColor value) => value.ToString().ToLowerInvariant();

    public static string Word(WorldBackground value) => value.ToString().ToLowerInvariant();

    /// <summary>The background with its preposition: "on the moon", "at night".</summary>
    public static string Phrase(WorldBackground value) => value switch
    {
        WorldBackground.Moon or WorldBackground.Sea => $"on the {Word(value)}",
        WorldBackground.Night => "at night",
        _ => $"in the {Word(value)}",
    };

    /// <summary>Flat sRGB colour of an object.</summary>
    public static (byte R, byte G, byte B) Rgb(WorldColor value) => value switch
    {
        WorldColor.Red => (222, 28, 28),
        WorldColor.Orange => (255, 132, 8),
        WorldColor.Yellow => (255, 230, 20),
        WorldColor.Green => (22, 186, 63),
        WorldColor.Cyan => (16, 214, 226),
        WorldColor.Blue => (34, 72, 232),
        WorldColor.Purple => (142, 44, 206),
        _ => (255, 88, 180),
    };
}
