using System.Text.Json.Serialization;

namespace AlignT2I.Training.Caching;

/// <summary>Source-generated reader and writer of a table's description and keys.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(RowTableInfo))]
internal sealed partial class CachingJson : JsonSerializerContext;
