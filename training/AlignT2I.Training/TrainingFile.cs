using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AlignT2I.Files;

namespace AlignT2I.Training;

/// <summary>Small JSON files of a run folder.</summary>
internal static class TrainingFile
{
    /// <summary>Reads a JSON file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="type">How it is parsed, from a source-generated context.</param>
    /// <param name="what">What it should be, in words for the message.</param>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">It is not <paramref name="what"/>.</exception>
    public static T Read<T>(string path, JsonTypeInfo<T> type, string what) where T : class
    {
        if (!File.Exists(path))
            throw new UsageException($"{path}: there is no such file; expected {what}.");
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path, Encoding.UTF8), type)
                ?? throw new FileFormatException(path, $"the file holds null; expected {what}.");
        }
        catch (JsonException e)
        {
            throw new FileFormatException(path, $"it is not {what}: {e.Message}", e);
        }
        catch (Exception e) when (StorageException.Covers(e))
        {
            throw StorageException.From(e, path, "read");
        }
    }
}
