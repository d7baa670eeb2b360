using System.Text.Json.Serialization;

namespace AlignT2I.Models.Pipelines;

/// <summary>Source-generated reader and writer of <c>model_index.json</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(ModelIndex))]
internal sealed partial class PipelineJson : JsonSerializerContext;
