using System.Text.Json.Serialization;

namespace AlignT2I.Feedback;

/// <summary>How the lines of a run folder are written: camelCase, every field required, time in ISO 8601.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(FeedbackRecord))]
[JsonSerializable(typeof(ImageRecord))]
[JsonSerializable(typeof(ComparisonVote))]
public sealed partial class FeedbackJson : JsonSerializerContext;
