using AlignT2I.Engine;
using AlignT2I.Models.StableDiffusion;
using AlignT2I.Training.Finetuning;
using AlignT2I.Training.Pretraining;

namespace AlignT2I.Bench.Networks;

/// <summary>The cases of <c>bench train</c>: those that the peer's program has for the device, and updates of <c>finetune</c>.</summary>
internal static class TrainingCases
{
    static readonly UNetSize miniature = new(MiniatureArchitecture.UNet, MiniatureArchitecture.MaxTokens);

    /// <summary>All weights, as in the paper, in the miniature's batches.</summary>
    static readonly FinetuneOptions whole = FinetuneOptions.Miniature with { WarmupSteps = 0, TrainableModules = [], MinTimestep = 0 };

    /// <summary>An image of each kind in an update, one at a time: what fits into the memory of a common machine.</summary>
    static readonly FinetuneOptions fullSize = new()
    {
        BatchSize = 1,
        PretrainingBatchSize = 1,
        MicroBatchSize = 1,
        EmaDecay = 0,
        WarmupSteps = 0,
    };

    public static IReadOnlyList<NamedCase> Of(BenchNetworks networks) =>
    [
        .. (networks.Backend == Backend.Cpu ? Cpu : Cuda).Select(c => new NamedCase(c.Name, () => c.Make(c.Name, networks))),
    ];

    static (string Name, Func<string, BenchNetworks, BenchCase> Make)[] Cpu =>
    [
        ("unet_train_32x32_b1", (name, n) => new UNetTraining(
            name, n, UNetSize.StableDiffusion, 32, 1, optimizes: false, reference: (1.257475733757019, 8.508017981224565))),
        ("tiny_unet_train_step_b32", (name, n) => new UNetTraining(
            name, n, UNetSize.Tiny, 16, 32, optimizes: true, reference: (1.3298099247582278, 1.9878182658122174))),
        ("miniature_finetune_step_b48", (name, n) => new FinetuneStep(name, n, miniature, 16, whole)),
        ("sd15_finetune_step_64x64_b2", (name, n) => new FinetuneStep(name, n, UNetSize.StableDiffusion, 64, fullSize)),
    ];

    static (string Name, Func<string, BenchNetworks, BenchCase> Make)[] Cuda =>
    [
        ("unet_train_64x64_b8", (name, n) => new UNetTraining(name, n, UNetSize.StableDiffusion, 64, 8, optimizes: true)),
    ];
}
