using AlignT2I.Files;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Demo;

/// <summary>experiment.json: what a run folder's files were made with, so that they are gone on with or refused as a whole.</summary>
/// <param name="Options">The options, without the ablations, which only add to a run.</param>
/// <param name="ModelHash">Hash of the model's UNet.</param>
internal sealed record ExperimentRecord(ExperimentOptions Options, string ModelHash)
{
    /// <summary>Writes the record into a new run folder; compares it with that of an old one.</summary>
    /// <exception cref="UsageException">The folder was made with other options or another model.</exception>
    public static void Claim(RunFolder run, ExperimentOptions options, string modelHash) => TrainingFile.Claim(
        Path.Combine(run.Path, "experiment.json"), new ExperimentRecord(options with { Ablations = false }, modelHash),
        ExperimentJson.Default.ExperimentRecord, "an experiment");
}
