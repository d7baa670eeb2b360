using System.Text.Json.Serialization;

namespace AlignT2I.Training.Evaluation;

/// <summary>Source-generated reader of COCO's captions files.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CocoCaptions))]
internal sealed partial class CocoJson : JsonSerializerContext;
