using System.Text.Json.Serialization;
using AlignT2I.Training.Demo;
using AlignT2I.Training.Finetuning;
using AlignT2I.Training.Rewards;

namespace AlignT2I.Training;

/// <summary>Source-generated reader of option files; what follows from other options is none.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(ExperimentOptions))]
[JsonSerializable(typeof(FinetuneOptions))]
[JsonSerializable(typeof(RewardTrainingOptions))]
internal sealed partial class OptionsJson : JsonSerializerContext;
