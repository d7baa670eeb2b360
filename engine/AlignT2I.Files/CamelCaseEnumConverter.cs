using System.Text.Json;
using System.Text.Json.Serialization;

namespace AlignT2I.Files;

/// <summary>Writes an enumeration as its name in camel case and reads nothing else: no numbers.</summary>
/// <typeparam name="T">The enumeration.</typeparam>
public sealed class CamelCaseEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
