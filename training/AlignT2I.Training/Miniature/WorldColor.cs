using System.Text.Json.Serialization;
using AlignT2I.Files;

namespace AlignT2I.Training.Miniature;

/// <summary>The eight object colours: saturated, at least 20 degrees of hue apart. In JSON their names are in camel case.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<WorldColor>))]
public enum WorldColor
{
    /// <summary>Hue 0.</summary>
    Red,

    /// <summary>Hue 30.</summary>
    Orange,

    /// <summary>Hue 54.</summary>
    Yellow,

    /// <summary>Hue 135.</summary>
    Green,

    /// <summary>Hue 183.</summary>
    Cyan,

    /// <summary>Hue 228.</summary>
    Blue,

    /// <summary>Hue 276.</summary>
    Purple,

    /// <summary>Hue 327.</summary>
    Pink,
}
