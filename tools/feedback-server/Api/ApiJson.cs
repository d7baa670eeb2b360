using System.Text.Json.Serialization;

namespace AlignT2I.FeedbackServer.Api;

/// <summary>Source-generated readers and writers of what pages and server say to each other.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ErrorReply))]
[JsonSerializable(typeof(SessionRequest))]
[JsonSerializable(typeof(SessionReply))]
[JsonSerializable(typeof(LabelRequest))]
[JsonSerializable(typeof(LabelReply))]
[JsonSerializable(typeof(UndoRequest))]
internal sealed partial class ApiJson : JsonSerializerContext;
