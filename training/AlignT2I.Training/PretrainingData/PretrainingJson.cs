using System.Text.Json.Serialization;

namespace AlignT2I.Training.PretrainingData;

/// <summary>Source-generated reader and writer of the lists of pre-training images.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(PretrainingRecord))]
[JsonSerializable(typeof(SkippedImage))]
internal sealed partial class PretrainingJson : JsonSerializerContext;
