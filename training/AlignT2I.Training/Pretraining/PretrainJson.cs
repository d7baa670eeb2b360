using System.Text.Json.Serialization;

namespace AlignT2I.Training.Pretraining;

/// <summary>Source-generated reader and writer of options.json.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(PretrainRecord))]
internal sealed partial class PretrainJson : JsonSerializerContext;
