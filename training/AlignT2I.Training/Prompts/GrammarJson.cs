using System.Text.Json;
using System.Text.Json.Serialization;

namespace AlignT2I.Training.Prompts;

/// <summary>How grammars are written as JSON, which people edit: comments are allowed, a key that is none is an error,
/// defaults are left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    WriteIndented = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Grammar))]
internal sealed partial class GrammarJson : JsonSerializerContext;
