using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AlignT2I.Files;

namespace AlignT2I.Training;

/// <summary>Small JSON files of a run folder.</summary>
internal static class TrainingFile
{
    /// <summary>Writes down what the files of a folder are made with; where that is written already, checks that it is the same.</summary>
    /// <param name="path">The file in the folder.</param>
    /// <param name="record">What they are made with.</param>
    /// <param name="type">How it is written, from a source-generated context.</param>
    /// <param name="what">What the folder holds, in words for the message.</param>
    /// <exception cref="UsageException">They were made with something else.</exception>
    /// <exception cref="FileFormatException">The file is damaged.</exception>
    public static void Claim<T>(string path, T record, JsonTypeInfo<T> type, string what) where T : class
    {
        string json = JsonSerializer.Serialize(record, type) + "\n";
        if (!File.Exists(path))
            AtomicFile.WriteAllText(path, json);
        else if (JsonSerializer.Serialize(Read(path, type, $"the options of {what}"), type) + "\n" != json)
        {
            throw new UsageException(
                $"{path}: the folder holds {what} with other options or another model; choose another folder, or the same options.");
        }
    }

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
