using System.Text.Json.Serialization;
using AlignT2I.Files;

namespace AlignT2I.Training.Miniature;

/// <summary>What the simulated rater says of a picture. In JSON the names are in camel case.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<RaterVerdict>))]
public enum RaterVerdict
{
    /// <summary>The picture shows what the prompt asks for.</summary>
    Good,

    /// <summary>It does not.</summary>
    Bad,

    /// <summary>No judgement.</summary>
    Skip,
}
