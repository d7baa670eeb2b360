using System.Text.Json.Serialization;

namespace AlignT2I.Bench;

/// <summary>Source-generated writer of measurements, one object to a line.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Measurement))]
[JsonSerializable(typeof(Comparison.TimesLine))]
[JsonSerializable(typeof(Comparison.CaseRatio))]
[JsonSerializable(typeof(Feedback.FeedbackMeasurement))]
internal sealed partial class MeasurementJson : JsonSerializerContext;
