using System.Text.Json.Serialization;

namespace AlignT2I.Models.Reward;

/// <summary>Source-generated reader and writer of the reward model's configuration.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(RewardModelConfig))]
internal sealed partial class RewardJson : JsonSerializerContext;
