using System.Text.Json;
using AlignT2I.Files;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Demo;

/// <summary>experiment.json: what a run folder's files were made with, so that they are gone on with or refused as a whole.</summary>
/// <param name="Options">The options, without the ablations, which only add to a run.</param>
/// <param name="ModelHash">Hash of the model's UNet.</param>
internal sealed record ExperimentRecord(ExperimentOptions Options, string ModelHash)
{
    const string Name = "experiment.json";

    /// <summary>Writes the record into a new run folder; compares it with that of an old one.</summary>
    /// <exception cref="UsageException">The folder was made with other options or another model.</exception>
    public static void Claim(RunFolder run, ExperimentOptions options, string modelHash)
    {
        string path = Path.Combine(run.Path, Name);
        string json = JsonSerializer.Serialize(
            new ExperimentRecord(options with { Ablations = false }, modelHash), ExperimentJson.Default.ExperimentRecord) + "\n";
        if (!File.Exists(path))
        {
            AtomicFile.WriteAllText(path, json);
            return;
        }
        ExperimentRecord found = TrainingFile.Read(path, ExperimentJson.Default.ExperimentRecord, "the options of an experiment");
        if (JsonSerializer.Serialize(found, ExperimentJson.Default.ExperimentRecord) + "\n" != json)
        {
            throw new UsageException(
                $"{run.Path}: the folder holds an experiment with other options or another model (see {Name}); "
                + "choose another folder, or the same options.");
        }
    }
}
