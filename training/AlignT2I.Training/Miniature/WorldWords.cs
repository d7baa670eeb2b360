namespace AlignT2I.Training.Miniature;

/// <summary>The values of the world's attributes, and their colours.</summary>
internal static class WorldWords
{
    public static readonly WorldObject[] Objects = Enum.GetValues<WorldObject>();
    public static readonly WorldColor[] Colors = Enum.GetValues<WorldColor>();
    public static readonly WorldBackground[] Backgrounds = Enum.GetValues<WorldBackground>();

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
