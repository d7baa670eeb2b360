using System.Text.Json;
using System.Text.Json.Nodes;

namespace AlignT2I.WeightsConverter.Commands;

/// <summary>Values as the commands' JSON has them.</summary>
internal static class JsonNames
{
    /// <summary>The name of an enumeration's value in camel case.</summary>
    public static string Of<T>(T value) where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    /// <summary>A shape as an array; null where there is none.</summary>
    public static JsonNode? Of(IReadOnlyList<long>? shape) => shape is null ? null : new JsonArray([.. shape.Select(d => (JsonNode)d)]);
}
