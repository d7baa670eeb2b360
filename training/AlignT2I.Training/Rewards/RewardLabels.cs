using System.Text.Json.Serialization;
using AlignT2I.Files;

namespace AlignT2I.Training.Rewards;

/// <summary>What is learned of an image that several raters judged. In JSON the names are in camel case.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<RewardLabels>))]
public enum RewardLabels
{
    /// <summary>What most said, 1 or 0; an image with as many good as bad is left out.</summary>
    Majority,

    /// <summary>The share that said good, from 0 to 1.</summary>
    Mean,
}
