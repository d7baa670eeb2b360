using System.Text.Json;
using System.Text.Json.Serialization;

namespace AlignT2I.FeedbackServer.Exchange;

/// <summary>Source-generated readers of exchange files.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, ReadCommentHandling = JsonCommentHandling.Skip)]
[JsonSerializable(typeof(CsvMapping))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class ExchangeJson : JsonSerializerContext;
