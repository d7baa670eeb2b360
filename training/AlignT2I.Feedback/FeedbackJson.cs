using System.Text.Json.Serialization;

namespace AlignT2I.Feedback;

/// <summary>How a <see cref="FeedbackRecord"/> is written: camelCase, every field required, time in ISO 8601.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(FeedbackRecord))]
public sealed partial class FeedbackJson : JsonSerializerContext;
