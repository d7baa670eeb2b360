using System.Text.Json.Serialization;

namespace AlignT2I.Training.Finetuning;

/// <summary>Source-generated writer of the options, for checkpoints.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FinetuneOptions))]
internal sealed partial class FinetuneJson : JsonSerializerContext;
