using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using AlignT2I.Files;
using AlignT2I.Training.Demo;
using AlignT2I.Training.Finetuning;
using AlignT2I.Training.Rewards;

namespace AlignT2I.Training;

/// <summary>Options from a JSON file: what it does not name stays at the default, and a name that is no option is an error.</summary>
public static class OptionsFile
{
    const int MaxBytes = 1 << 20;

    /// <summary>Options of an experiment; the parts are objects within: {"trainingPrompts": 32, "finetune": {"steps": 100}}.</summary>
    /// <param name="path">A JSON file; null for the defaults.</param>
    /// <param name="defaults">The options that the file changes, which may go with a model.</param>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">It is no JSON object, or names an option that does not exist.</exception>
    public static ExperimentOptions ReadExperiment(string? path, ExperimentOptions defaults) =>
        Read(path, defaults, OptionsJson.Default.ExperimentOptions);

    /// <summary>Options of fine-tuning: {"steps": 100, "mix": "humanOnly"}.</summary>
    /// <inheritdoc cref="ReadExperiment"/>
    public static FinetuneOptions ReadFinetune(string? path, FinetuneOptions defaults) =>
        Read(path, defaults, OptionsJson.Default.FinetuneOptions);

    /// <summary>Options of the reward: {"maxEpochs": 40}.</summary>
    /// <inheritdoc cref="ReadExperiment"/>
    public static RewardTrainingOptions ReadReward(string? path, RewardTrainingOptions defaults) =>
        Read(path, defaults, OptionsJson.Default.RewardTrainingOptions);

    /// <summary>Reads a file over the defaults.</summary>
    /// <param name="path">The file: a JSON object with options by name, in camel case; null for the defaults.</param>
    /// <param name="defaults">The options that the file changes.</param>
    /// <param name="type">How the options are written, from a source-generated context.</param>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">It is not such an object, or it names an option that does not exist.</exception>
    internal static T Read<T>(string? path, T defaults, JsonTypeInfo<T> type) where T : class
    {
        if (path is null)
            return defaults;
        string text = Encoding.UTF8.GetString(InputFile.ReadAllBytes(path, MaxBytes));
        try
        {
            if (JsonNode.Parse(text, documentOptions: new() { CommentHandling = JsonCommentHandling.Skip }) is not JsonObject given)
                throw new FileFormatException(path, "it is not a JSON object with options by name.");
            JsonObject merged = JsonSerializer.SerializeToNode(defaults, type)!.AsObject();
            Merge(merged, given, path, "");
            return merged.Deserialize(type) ?? throw new FileFormatException(path, "it is not a JSON object with options by name.");
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            throw new FileFormatException(path, $"the options cannot be read: {e.Message}", e);
        }
    }

    static void Merge(JsonObject options, JsonObject given, string path, string prefix)
    {
        foreach ((string name, JsonNode? value) in given)
        {
            if (!options.TryGetPropertyValue(name, out JsonNode? old))
            {
                string known = string.Join(", ", options.Select(o => prefix + o.Key));
                throw new FileFormatException(path, $"there is no option '{prefix}{name}'; the options are {known}.");
            }
            if (old is JsonObject inner && value is JsonObject innerGiven)
                Merge(inner, innerGiven, path, $"{prefix}{name}.");
            else
                options[name] = value?.DeepClone();
        }
    }
}
