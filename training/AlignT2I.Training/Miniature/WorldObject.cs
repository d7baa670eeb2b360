using System.Text.Json.Serialization;
using AlignT2I.Files;

namespace AlignT2I.Training.Miniature;

/// <summary>The ten shapes of the miniature world. In JSON their names are in camel case.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<WorldObject>))]
public enum WorldObject
{
    /// <summary>A disc.</summary>
    Circle,

    /// <summary>A square standing on a side.</summary>
    Square,

    /// <summary>An equilateral triangle, one corner up.</summary>
    Triangle,

    /// <summary>A star of five points with deep notches.</summary>
    Star,

    /// <summary>A heart, tip down.</summary>
    Heart,

    /// <summary>A thick plus sign.</summary>
    Cross,

    /// <summary>A disc with a big round hole.</summary>
    Ring,

    /// <summary>A rhombus, taller than wide.</summary>
    Diamond,

    /// <summary>A disc bitten from the right.</summary>
    Crescent,

    /// <summary>An arrow to the right.</summary>
    Arrow,
}
