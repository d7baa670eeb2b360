using System.Text.Json.Serialization;

namespace AlignT2I.Training.Runs;

/// <summary>Source-generated reader and writer of a run folder's log.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(LogLine))]
internal sealed partial class RunJson : JsonSerializerContext;
