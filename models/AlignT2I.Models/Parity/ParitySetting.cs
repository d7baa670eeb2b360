using System.Text.Json;
using AlignT2I.Files;

namespace AlignT2I.Models.Parity;

/// <summary>A value in the JSON of a recorded case, which says what is wrong with it where it does not fit.</summary>
/// <param name="path">The recording.</param>
/// <param name="name">Where the value is, as in <c>config.optimizer.lr</c>.</param>
/// <param name="value">The value.</param>
internal readonly struct ParitySetting(string path, string name, JsonElement value)
{
    /// <summary>The value of a key.</summary>
    /// <exception cref="FileFormatException">This is no object, or has no such key.</exception>
    public ParitySetting this[string key] => value.ValueKind == JsonValueKind.Object && value.TryGetProperty(key, out JsonElement found)
        ? new ParitySetting(path, $"{name}.{key}", found)
        : throw new FileFormatException(path, $"the case's {name} has no '{key}', which its component needs.");

    /// <summary>Whether there is a key whose value is not null.</summary>
    public bool Has(string key) => value.ValueKind == JsonValueKind.Object && value.TryGetProperty(key, out JsonElement found)
        && found.ValueKind != JsonValueKind.Null;

    /// <summary>A number.</summary>
    /// <exception cref="FileFormatException">It is something else.</exception>
    public double Number => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : throw Expected("a number");

    /// <summary>A count: an integer from 0 to 2^31 - 1.</summary>
    /// <exception cref="FileFormatException">It is something else.</exception>
    public int Count => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int count) && count >= 0
        ? count : throw Expected("a count");

    /// <summary>A string.</summary>
    /// <exception cref="FileFormatException">It is something else.</exception>
    public string Text => value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Expected("a string");

    /// <summary>True or false.</summary>
    /// <exception cref="FileFormatException">It is something else.</exception>
    public bool Flag => value.ValueKind is JsonValueKind.True or JsonValueKind.False
        ? value.ValueKind == JsonValueKind.True : throw Expected("true or false");

    /// <summary>The entries of a list.</summary>
    /// <exception cref="FileFormatException">It is something else.</exception>
    public ParitySetting[] Items
    {
        get
        {
            if (value.ValueKind != JsonValueKind.Array) throw Expected("a list");
            (string where, string list) = (path, name);
            return [.. value.EnumerateArray().Select((item, i) => new ParitySetting(where, $"{list}[{i}]", item))];
        }
    }

    /// <summary>The value as JSON, for readers of configurations.</summary>
    public string Json => value.GetRawText();

    /// <summary>A list of so many numbers.</summary>
    /// <exception cref="FileFormatException">It is something else.</exception>
    public double[] Numbers(int count) => Items is { } items && items.Length == count
        ? [.. items.Select(item => item.Number)] : throw Expected($"{count} numbers");

    FileFormatException Expected(string what) => new(path, $"the case's {name} is {Json}; expected {what}.");
}
