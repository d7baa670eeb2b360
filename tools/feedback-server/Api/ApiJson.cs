using System.Text.Json.Serialization;

namespace AlignT2I.FeedbackServer.Api;

/// <summary>Source-generated readers and writers of what pages and server say to each other.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ErrorReply))]
[JsonSerializable(typeof(SessionRequest))]
[JsonSerializable(typeof(SessionReply))]
[JsonSerializable(typeof(LabelRequest))]
[JsonSerializable(typeof(LabelReply))]
[JsonSerializable(typeof(UndoRequest))]
[JsonSerializable(typeof(VoteRequest))]
[JsonSerializable(typeof(CompareReply))]
[JsonSerializable(typeof(InviteRequest))]
[JsonSerializable(typeof(InviteReply))]
[JsonSerializable(typeof(StatusRequest))]
[JsonSerializable(typeof(SwitchRequest))]
[JsonSerializable(typeof(TextRequest))]
[JsonSerializable(typeof(GoldRequest))]
[JsonSerializable(typeof(ComparisonRequest))]
[JsonSerializable(typeof(AdminImagesReply))]
[JsonSerializable(typeof(DoneReply))]
[JsonSerializable(typeof(Figures.Overview))]
internal sealed partial class ApiJson : JsonSerializerContext;
