using System.Text.Json.Serialization;

namespace AlignT2I.FeedbackServer.Studies;

/// <summary>Source-generated reader of prompts.jsonl.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(PromptLine))]
internal sealed partial class PromptLineJson : JsonSerializerContext;
