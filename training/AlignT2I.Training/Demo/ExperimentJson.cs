using System.Text.Json.Serialization;

namespace AlignT2I.Training.Demo;

/// <summary>Source-generated reader and writer of experiment.json, the options that a run folder was made with.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(ExperimentRecord))]
internal sealed partial class ExperimentJson : JsonSerializerContext;
