using System.Globalization;
using AlignT2I.Engine;
using AlignT2I.Files;

namespace AlignT2I.Training.Checkpoints;

/// <summary>All that a training needs to go on bit for bit: weights, optimizer, averages, generator and step,
/// in one safetensors file.</summary>
/// <remarks>Written to a temporary name, flushed and renamed: a kill leaves the last checkpoint whole.</remarks>
/// <param name="parameters">The weights in training.</param>
/// <param name="optimizer">Their optimizer.</param>
/// <param name="ema">Their averages, if there are any.</param>
/// <param name="scaler">The loss scaler, in float16.</param>
public sealed class TrainingCheckpoint(IReadOnlyList<Parameter> parameters, Optimizer optimizer, Ema? ema, LossScaler? scaler = null)
{
    const string StepKey = "step", UpdatesKey = "updates";
    const string SeedKey = "random.seed", StreamKey = "random.stream", CounterKey = "random.counter";

    static readonly Dictionary<string, string> nothing = [];

    IEnumerable<Parameter> Tensors =>
    [
        .. Prefixed("parameter", parameters),
        .. Prefixed("optimizer", optimizer.StateTensors),
        .. ema is null ? [] : Prefixed("ema", ema.Averages),
    ];

    /// <summary>Writes the checkpoint of a training that has done <paramref name="step"/> steps, skipped ones included.</summary>
    /// <param name="path">The file.</param>
    /// <param name="step">Steps done.</param>
    /// <param name="random">Where the training's generator is.</param>
    /// <param name="metadata">What else the training has to find again.</param>
    /// <exception cref="StorageException">The disk is full, or the folder cannot be written.</exception>
    public void Save(string path, long step, PhiloxState random, IReadOnlyDictionary<string, string>? metadata = null) =>
        ParameterFile.Save(path, Tensors, metadata: new Dictionary<string, string>([.. metadata ?? nothing, .. scaler?.State ?? nothing])
        {
            [StepKey] = Text((ulong)step),
            [UpdatesKey] = Text((ulong)optimizer.StepCount),
            [SeedKey] = Text(random.Seed),
            [StreamKey] = Text(random.Stream),
            [CounterKey] = Text(random.Counter),
        });

    /// <summary>Reads a checkpoint into the weights, the optimizer and the averages.</summary>
    /// <returns>Steps done, the generator's place, and all strings that were saved.</returns>
    /// <exception cref="FileFormatException">The file is damaged, or belongs to another training.</exception>
    public (long Step, PhiloxState Random, IReadOnlyDictionary<string, string> Metadata) Load(string path)
    {
        IReadOnlyDictionary<string, string> metadata = ParameterFile.Load(path, Tensors);
        foreach (Parameter parameter in parameters)
            parameter.RefreshHalfCopy();
        long step = (long)Number(StepKey);
        optimizer.StepCount = (long)Number(UpdatesKey);
        if (ema is not null)
            ema.UpdateCount = optimizer.StepCount;
        if (scaler?.TryRestore(metadata) == false)
        {
            throw new FileFormatException(
                path, "its metadata has no state of a loss scaler; it is not a checkpoint of a float16 training.");
        }
        return (step, new PhiloxState(Number(SeedKey), Number(StreamKey), Number(CounterKey)), metadata);

        ulong Number(string key) =>
            metadata.TryGetValue(key, out string? text)
            && ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
                ? number
                : throw new FileFormatException(path, $"its metadata has no number '{key}'; it is not a checkpoint of this program.");
    }

    static IEnumerable<Parameter> Prefixed(string prefix, IEnumerable<Parameter> tensors) =>
        tensors.Select(t => t with { Name = $"{prefix}.{t.Name}" });

    static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
