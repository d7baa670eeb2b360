using System.Text.Json.Serialization;

namespace AlignT2I.Models.Aesthetic;

/// <summary>Source-generated reader and writer of the aesthetic predictor's configuration.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(AestheticPredictorConfig))]
internal sealed partial class AestheticJson : JsonSerializerContext;
