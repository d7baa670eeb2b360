using System.Text.Json.Serialization;
using AlignT2I.Files;

namespace AlignT2I.Training.Prompts;

/// <summary>What a prompt tests (Lee et al. 2023, section 3.1). In JSON the names are in camel case.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<PromptCategory>))]
public enum PromptCategory
{
    /// <summary>States a number only: "Two hearts".</summary>
    Count,

    /// <summary>States a colour only: "A blue ring".</summary>
    Color,

    /// <summary>States a background only: "A star in the forest".</summary>
    Background,

    /// <summary>States two or three of number, colour and background: "Three red stars on the moon".</summary>
    Combination,

    /// <summary>States none of them: "A star". Occurs among pre-training captions, typed and imported prompts,
    /// not in the prompt sets.</summary>
    Object,
}
