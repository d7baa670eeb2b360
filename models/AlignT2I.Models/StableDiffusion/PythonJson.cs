using System.Text;

namespace AlignT2I.Models.StableDiffusion;

/// <summary>JSON as Python's <c>json</c> module writes it: with the bare words NaN, Infinity and -Infinity.</summary>
internal static class PythonJson
{
    static readonly string[] words = ["NaN", "-Infinity", "Infinity"];

    /// <summary>The text with those words, outside strings, in quotes; a text without them as it is.</summary>
    public static string Quote(string json)
    {
        if (!words.Any(word => json.Contains(word, StringComparison.Ordinal))) return json;
        StringBuilder result = new(json.Length + 16);
        bool inString = false;
        for (int i = 0; i < json.Length; i++)
        {
            string? word = inString ? null : words.FirstOrDefault(w => json.AsSpan(i).StartsWith(w));
            if (word is not null)
            {
                result.Append('"').Append(word).Append('"');
                i += word.Length - 1;
                continue;
            }
            result.Append(json[i]);
            if (json[i] == '"') inString = !inString;
            else if (inString && json[i] == '\\' && i + 1 < json.Length) result.Append(json[++i]);
        }
        return result.ToString();
    }
}
