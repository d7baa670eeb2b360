using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AlignT2I.Files;

namespace AlignT2I.Models.StableDiffusion;

/// <summary>Reading and writing of <c>config.json</c> files.</summary>
internal static class ConfigFile
{
    public static T Parse<T>(string json, string where, JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type)
                ?? throw new FileFormatException(where, "the file holds null; expected an object with the keys of a diffusers config.json.");
        }
        catch (JsonException e)
        {
            throw new FileFormatException(where, $"not a configuration that can be read ({e.Message})", e);
        }
    }

    /// <summary>Written under a temporary name and renamed: a reader sees the old file or the new one, never half of one.</summary>
    public static void Write<T>(string path, T config, JsonTypeInfo<T> type)
    {
        string temporary = path + ".tmp";
        File.WriteAllText(temporary, JsonSerializer.Serialize(config, type) + "\n");
        File.Move(temporary, path, overwrite: true);
    }
}
