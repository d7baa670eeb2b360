using AlignT2I.CommandLine;
using AlignT2I.Files;
using AlignT2I.Training.Communicators;
using AlignT2I.Training.Finetuning;
using AlignT2I.Training.Generation;
using AlignT2I.Training.Runs;

namespace AlignT2I.Finetune;

/// <summary>The plan of a fine-tuning, printed before any work.</summary>
internal static class FinetunePlanReport
{
    public static void Print(
        Report report, RunFolder folder, string modelFolder, FinetuneOptions options, FinetuneMemory memory,
        IReadOnlyList<string> pretraining, Communicator ranks)
    {
        int pretrainingImages = options.PretrainingImagesPerStep, images = options.ImagesPerStep;
        int passes = (images + options.MicroBatchSize - 1) / options.MicroBatchSize, inPass = Math.Min(images, options.MicroBatchSize);
        string whole = FormattableString.Invariant($"{memory.Parameters / 1e6:0.0} M");
        string trained = FormattableString.Invariant($"{memory.Trained / 1e6:0.00} M");
        string parameters = options.LoraRank > 0 ? $"{trained} of a low-rank adaptation (rank {options.LoraRank}) of {whole}"
            : options.TrainableModules.Count > 0 ? $"{trained} of {whole}: {string.Join(", ", options.TrainableModules)}" : $"all {whole}";
        report.Plan("Fine-tune",
            ("run folder", folder.Path), ("model", modelFolder), ("trained parameters", parameters),
            ("mix", FinetuneStage.Name(options.Mix)),
            ("pre-training images", pretrainingImages == 0 ? "none" : pretraining.Count == 0 ? "rendered scenes"
                : string.Join(", ", pretraining)),
            ("updates", $"{options.Steps}, a checkpoint every {options.CheckpointSteps}"),
            ("images in an update", $"{images} = {options.BatchSize} of the model + {pretrainingImages} of pre-training"),
            ("accumulation", $"{Printable.Count(passes, "pass", "passes")} of {Printable.Count(inPass, "image")}"),
            ("ranks", ranks.Size == 1 ? "1" : $"{ranks.Size}, by {ranks.Name}"),
            ("precision", options.Dtype + (options.GradientCheckpointing ? ", gradient checkpointing" : "")),
            ("memory", $"about {Printable.Bytes(memory.Peak(options.MicroBatchSize))}: "
                + $"{Printable.Bytes(memory.State)} of weights and optimizer, "
                + $"{Printable.Bytes(memory.PerImage)} for each image of a pass, "
                + $"{Printable.Bytes(memory.Frozen)} of VAE, text encoder and CLIP"
                + (memory.Packed == 0 ? "" : $", {Printable.Bytes(memory.Packed)} of packed copies of weights")));
        if (pretrainingImages > 0 && pretraining.Count == 0 && !PromptReader.IsMiniature(modelFolder))
        {
            report.Warn("the pre-training images are rendered scenes of the miniature's world; for this model name images with captions "
                + "(--pretraining), or go without (--mix unlabeled).");
        }
    }
}
