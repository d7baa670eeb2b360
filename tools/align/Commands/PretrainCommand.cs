using System.CommandLine;
using AlignT2I.CommandLine;
using AlignT2I.Training.Pretraining;

namespace AlignT2I.Align.Commands;

/// <summary><c>align pretrain</c>: makes the miniature from nothing.</summary>
internal static class PretrainCommand
{
    static readonly PretrainOptions defaults = new();

    static readonly Option<DirectoryInfo> output = new("--output")
    {
        Description = "folder of the model; a run that was stopped goes on there",
        DefaultValueFactory = _ => new DirectoryInfo("miniature"),
    };

    static readonly Option<ulong> seed = new("--seed") { Description = "decides everything random", DefaultValueFactory = _ => defaults.Seed };

    static readonly Option<int> vaeSteps = new("--vae-steps") { Description = "updates of the autoencoder", DefaultValueFactory = _ => defaults.VaeSteps };

    static readonly Option<int> clipSteps = new("--clip-steps") { Description = "updates of CLIP", DefaultValueFactory = _ => defaults.ClipSteps };

    static readonly Option<int> scenes = new("--scenes") { Description = "scenes that the UNet learns from", DefaultValueFactory = _ => defaults.Scenes };

    static readonly Option<int> steps = new("--steps") { Description = "updates of the UNet", DefaultValueFactory = _ => defaults.DiffusionSteps };

    static readonly Option<int> batchSize = new("--batch-size")
    {
        Description = "latents in one update of the UNet", DefaultValueFactory = _ => defaults.DiffusionBatchSize,
    };

    static readonly Option<double> learningRate = new("--learning-rate")
    {
        Description = "peak learning rate of the UNet", DefaultValueFactory = _ => defaults.DiffusionLearningRate,
    };

    public static Command Create()
    {
        var command = new Command("pretrain", "Train the miniature from scratch: autoencoder, CLIP, UNet. Stopped, it goes on where it was.")
            { output, seed, vaeSteps, clipSteps, scenes, steps, batchSize, learningRate };
        command.SetAction(parse =>
        {
            PretrainOptions options = defaults with
            {
                Seed = parse.GetValue(seed),
                VaeSteps = parse.GetValue(vaeSteps),
                ClipSteps = parse.GetValue(clipSteps),
                Scenes = parse.GetValue(scenes),
                DiffusionSteps = parse.GetValue(steps),
                DiffusionBatchSize = parse.GetValue(batchSize),
                DiffusionLearningRate = parse.GetValue(learningRate),
            };
            MiniaturePretrainer pretrainer = new(parse.GetRequiredValue(output).FullName, options);
            return ProgressDisplay.Run((progress, cancellation) =>
            {
                pretrainer.Run(progress, cancellation);
                return 0;
            });
        });
        return command;
    }
}
