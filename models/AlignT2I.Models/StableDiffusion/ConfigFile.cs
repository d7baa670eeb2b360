using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AlignT2I.Files;

namespace AlignT2I.Models.StableDiffusion;

/// <summary>Reading and writing of <c>config.json</c> files.</summary>
internal static class ConfigFile
{
    const int MostBytes = 1 << 20;

    public static string ReadText(string path) => Encoding.UTF8.GetString(InputFile.ReadAllBytes(path, MostBytes));

    public static T Parse<T>(string json, string where, JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type)
                ?? throw new FileFormatException(
                    where, "the file holds null; expected an object with the keys of a diffusers config.json.");
        }
        catch (JsonException e)
        {
            throw new FileFormatException(where, $"not a configuration that can be read ({e.Message})", e);
        }
    }

    public static void Write<T>(string path, T config, JsonTypeInfo<T> type) =>
        AtomicFile.WriteAllText(path, JsonSerializer.Serialize(config, type) + "\n");
}
