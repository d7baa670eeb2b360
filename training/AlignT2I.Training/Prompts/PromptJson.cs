using System.Text.Json.Serialization;

namespace AlignT2I.Training.Prompts;

/// <summary>How prompts are written as JSON: camel case, nothing for what is null, unknown keys ignored.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Prompt))]
[JsonSerializable(typeof(GenEvalLine))]
internal sealed partial class PromptJson : JsonSerializerContext;
