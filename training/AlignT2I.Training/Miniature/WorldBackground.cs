using System.Text.Json.Serialization;
using AlignT2I.Files;

namespace AlignT2I.Training.Miniature;

/// <summary>The six backgrounds: greyish textures, far from every object colour. In JSON their names are in camel case.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<WorldBackground>))]
public enum WorldBackground
{
    /// <summary>Dark grey-green with upright trunks.</summary>
    Forest,

    /// <summary>Brownish grey houses with windows under a paler sky.</summary>
    City,

    /// <summary>Pale grey with craters.</summary>
    Moon,

    /// <summary>Grey-blue with waves.</summary>
    Sea,

    /// <summary>Straw-coloured with slanting furrows.</summary>
    Field,

    /// <summary>Near black with small stars.</summary>
    Night,
}
