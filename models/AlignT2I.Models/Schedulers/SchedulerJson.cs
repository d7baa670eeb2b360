using System.Text.Json.Serialization;

namespace AlignT2I.Models.Schedulers;

/// <summary>Source-generated reader and writer of the schedulers' configuration.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(SchedulerConfig))]
internal sealed partial class SchedulerJson : JsonSerializerContext;
