using AlignT2I.Files;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Pretraining;

/// <summary>options.json: what checkpoints and encoded scenes were made with, which are gone on with or refused as a whole.</summary>
/// <param name="Options">The options, without the base model's place and how often there is a checkpoint.</param>
/// <param name="BaseHash">Hash of the UNet that is trained on; empty where all is made anew.</param>
internal sealed record PretrainRecord(PretrainOptions Options, string BaseHash)
{
    /// <summary>Writes the record into a new folder; compares it with that of an old one.</summary>
    /// <exception cref="UsageException">The folder was made with other options or another base model.</exception>
    public static void Claim(string folder, PretrainOptions options) => TrainingFile.Claim(
        Path.Combine(folder, "options.json"),
        new PretrainRecord(
            options with { BaseModel = null, CheckpointSteps = 1 },
            options.BaseModel is { } model ? ModelFolder.UNetHash(ModelFolder.UNet(model)) : ""),
        PretrainJson.Default.PretrainRecord, "a pre-training");
}
