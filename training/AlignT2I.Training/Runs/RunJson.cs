using System.Text.Json.Serialization;

namespace AlignT2I.Training.Runs;

/// <summary>Source-generated readers and writers of a run folder's lines.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ImageRecord))]
[JsonSerializable(typeof(LogLine))]
internal sealed partial class RunJson : JsonSerializerContext;
