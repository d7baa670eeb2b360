using System.Text.Json.Serialization;

namespace AlignT2I.Training.Rewards;

/// <summary>Source-generated reader and writer of metrics.json.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(RewardTrainingMetrics))]
internal sealed partial class RewardJson : JsonSerializerContext;
