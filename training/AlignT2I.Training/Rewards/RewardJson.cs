using System.Text.Json.Serialization;

namespace AlignT2I.Training.Rewards;

/// <summary>Source-generated reader and writer of metrics.json and seeds.json.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(RewardTrainingMetrics))]
[JsonSerializable(typeof(RewardSeeds))]
internal sealed partial class RewardJson : JsonSerializerContext;
