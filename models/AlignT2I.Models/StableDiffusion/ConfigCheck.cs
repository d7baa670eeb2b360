using System.Globalization;
using System.Text.Json;
using AlignT2I.Files;

namespace AlignT2I.Models.StableDiffusion;

/// <summary>The sentences that say which key of a <c>config.json</c> does not fit, and what would.</summary>
/// <param name="where">What messages call the file.</param>
internal readonly struct ConfigCheck(string where)
{
    const int MostLevels = 16;

    public void That<T>(bool holds, string key, T found, string expected)
    {
        if (!holds)
            throw new FileFormatException(where, string.Create(CultureInfo.InvariantCulture, $"{key} is {found}; expected {expected}."));
    }

    public void Equal<T>(string key, T found, T expected) =>
        That(EqualityComparer<T>.Default.Equals(found, expected), key, found, $"{expected}, the only value that this model supports");

    public void Positive(string key, int found) => That(found > 0, key, found, "a positive integer");

    /// <summary>At least one resolution, each with a positive number of channels that the groups divide.</summary>
    public void Channels(string key, int[] channels, int groups)
    {
        That(channels is { Length: >= 1 and <= MostLevels }, key, $"of {channels?.Length ?? 0} entries", $"1 to {MostLevels} resolutions");
        Positive("norm_num_groups", groups);
        foreach (int c in channels!)
        {
            Positive(key, c);
            That(c % groups == 0, key, $"[{string.Join(", ", channels)}]", $"multiples of norm_num_groups = {groups}");
        }
    }

    /// <summary>One known block type per resolution.</summary>
    public void Blocks(string key, string[] types, int levels, params ReadOnlySpan<string> known)
    {
        That(types?.Length == levels, key, $"of {types?.Length ?? 0} entries",
            $"one for each of the {levels} entries of block_out_channels");
        foreach (string type in types!)
            That(known.Contains(type), key, $"[{string.Join(", ", types)}]", $"only {string.Join(" or ", known!)}");
    }

    /// <summary>A positive number of heads; it divides the channels where there is attention.</summary>
    public void Heads(string key, int heads, int channels, bool attends)
    {
        Positive(key, heads);
        That(!attends || channels % heads == 0, key, heads,
            $"a number of heads that divides the {channels} channels (the number of heads, as in SD v1.5)");
    }

    /// <summary>Keys that would change the network if they had another value than the one given.</summary>
    public void Unsupported(Dictionary<string, JsonElement>? keys, params ReadOnlySpan<(string Key, string Json)> supported)
    {
        foreach ((string key, string json) in supported)
            if (keys is not null && keys.TryGetValue(key, out JsonElement found) && found.ValueKind != JsonValueKind.Null)
                Equal(key, found.GetRawText(), json);
    }
}
