using System.Globalization;
using System.Text.Json;
using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Training.Checkpoints;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Finetuning;

/// <summary>The checkpoints of a fine-tuning: parameters, optimizer and average, one file each, the oldest removed.</summary>
internal sealed class FinetuneCheckpoints(
    string folder, FinetuneOptions options, FinetuneData data, ParameterStore parameters, AdamW optimizer, Ema? ema, LossScaler? scaler,
    SkippedSteps skipped)
{
    const string Prefix = "step-", Suffix = ".safetensors", OptionsKey = "options", DataKey = "data";

    readonly string dataFingerprint = data.Fingerprint();
    readonly TrainingCheckpoint checkpoint = new(parameters.Parameters, optimizer, ema, scaler);

    /// <summary>The options that the newest checkpoint in a folder was made with; null where there is none.</summary>
    /// <exception cref="FileFormatException">It is damaged.</exception>
    public static FinetuneOptions? NewestOptions(string folder)
    {
        if (Existing(folder) is not [.., (string path, _)])
            return null;
        using SafetensorsFile file = SafetensorsFile.Open(path);
        try
        {
            return file.Metadata.TryGetValue(OptionsKey, out string? json)
                ? JsonSerializer.Deserialize(json, FinetuneJson.Default.FinetuneOptions) : null;
        }
        catch (JsonException e)
        {
            throw new FileFormatException(path, $"the options in its metadata cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Removes the checkpoints of an earlier training.</summary>
    /// <returns>0, the step to begin with.</returns>
    public int Clear()
    {
        foreach ((string path, _) in Existing(folder))
            Delete(path);
        return 0;
    }

    /// <summary>Reads the newest checkpoint. What a kill left half-written has another name and is not looked at.</summary>
    /// <returns>Updates done, 0 where there is no checkpoint.</returns>
    public int LoadNewest()
    {
        if (Existing(folder) is not [.., (string path, int step)])
            return 0;
        using (SafetensorsFile file = SafetensorsFile.Open(path))
        {
            Expect(file, OptionsKey, options.Fingerprint, "options");
            Expect(file, DataKey, dataFingerprint, "data or model");
        }
        (long done, _, IReadOnlyDictionary<string, string> metadata) = checkpoint.Load(path);
        if (!skipped.TryRestore(metadata))
            throw new FileFormatException(path, "its metadata has no count of skipped steps; it is not a checkpoint of this program.");
        return done == step ? step
            : throw new FileFormatException(path, $"it holds step {done}, not the step of its name; it was renamed.");
    }

    /// <summary>Writes a checkpoint, then removes those beyond the newest few.</summary>
    public void Save(int step)
    {
        RunFolder.Make(folder);
        string name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{step:D6}{Suffix}");
        checkpoint.Save(Path.Combine(folder, name), step, new Philox(options.Seed).State, new Dictionary<string, string>(skipped.State)
        {
            [OptionsKey] = options.Fingerprint,
            [DataKey] = dataFingerprint,
        });
        List<(string Path, int Step)> existing = Existing(folder);
        foreach ((string path, _) in existing.Take(Math.Max(0, existing.Count - options.KeepCheckpoints)))
            Delete(path);
    }

    /// <summary>The whole checkpoints, oldest first.</summary>
    static List<(string Path, int Step)> Existing(string folder)
    {
        if (!Directory.Exists(folder))
            return [];
        List<(string Path, int Step)> found = [];
        foreach (string path in Directory.EnumerateFiles(folder, $"{Prefix}*{Suffix}"))
        {
            string name = Path.GetFileName(path);
            if (int.TryParse(name.AsSpan(Prefix.Length, name.Length - Prefix.Length - Suffix.Length),
                NumberStyles.None, CultureInfo.InvariantCulture, out int step))
                found.Add((path, step));
        }
        found.Sort((a, b) => a.Step.CompareTo(b.Step));
        return found;
    }

    static void Expect(SafetensorsFile file, string key, string expected, string what)
    {
        string? found = file.Metadata.GetValueOrDefault(key);
        if (found != expected)
        {
            throw new UsageException(
                $"{file.Path}: the checkpoint was made with other {what} ({found ?? "none"}; now {expected}); "
                + "give the same, or start without resume.");
        }
    }

    static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (StorageException.Covers(e))
        {
            throw StorageException.From(e, path, "removed");
        }
    }
}
