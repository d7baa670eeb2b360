using AlignT2I.Engine;
using AlignT2I.Models.Schedulers;
using AlignT2I.Models.StableDiffusion;
using AlignT2I.Training.Caching;
using AlignT2I.Training.Finetuning;

namespace AlignT2I.Bench.Networks;

/// <summary>An update of <c>finetune</c> itself, by its own trainer on cached latents: eq. 4, clipping, AdamW and the average.</summary>
internal sealed class FinetuneStep : BenchCase
{
    readonly BenchNetworks networks;
    readonly UNetSize size;
    readonly int side;
    readonly FinetuneOptions options;
    readonly RowTable latents, texts;
    readonly ParameterStore parameters;
    readonly FinetuneTrainer trainer;
    (double Loss, double Norm)? first;
    double last;

    public FinetuneStep(string name, BenchNetworks networks, UNetSize size, int side, FinetuneOptions options)
    {
        (Name, this.networks, this.size, this.side) = (name, networks, size, side);
        this.options = options with { Dtype = networks.DType.Name };
        latents = new RowTable([side, side, size.Config.InChannels]);
        texts = new RowTable([size.Tokens, size.Config.CrossAttentionDim]);
        FinetuneExample[] model = Examples(options.BatchSize, 0.7f), pretraining = Examples(options.PretrainingBatchSize, 1);
        parameters = networks.Synthetic(trained: true);
        var unet = new UNet2DCondition(parameters.Root, size.Config);
        trainer = new FinetuneTrainer(
            unet, parameters.Part(options.Trains), new DdpmScheduler(new SchedulerConfig()),
            new FinetuneData(latents, texts, 0, model, pretraining), this.options);
    }

    public override string Name { get; }

    public override string Dtype => networks.DType.ToString().ToLowerInvariant();

    public override string Mode => "train";

    public override int Batch => options.BatchSize + options.PretrainingBatchSize;

    /// <summary>Forward and backward; forward twice where blocks are computed again.</summary>
    public override double Gflop =>
        (options.GradientCheckpointing ? 4 : 3) * Batch * new UNetWork(size.Config, size.Tokens).Gflop(side, side);

    public override long? PeakBytes => networks.Backend == Backend.Cpu ? null : networks.Backend.PeakBytes;

    /// <summary>Loss and norm of the gradient of the first update.</summary>
    public override IReadOnlyList<double> Compared => [first!.Value.Loss, first.Value.Norm];

    public override BenchCase Skeleton() =>
        new FinetuneStep(Name, networks, size.Skeleton, 1 << (size.Config.Levels - 1), options);

    public override void Run()
    {
        FinetuneUpdate update = trainer.Update(step: 0);
        last = update.Loss;
        first ??= (update.Loss, update.Norm);
    }

    /// <summary>On the same images, noise and timesteps the loss falls.</summary>
    public override bool Check() => first is { Norm: > 0 and < double.PositiveInfinity } f && last < f.Loss;

    public override void Dispose()
    {
        trainer.Dispose();
        parameters.Dispose();
        latents.Dispose();
        texts.Dispose();
        networks.Backend.Trim();
    }

    /// <summary>Images of normal latents, each with a prompt of its own.</summary>
    FinetuneExample[] Examples(int count, float weight)
    {
        FinetuneExample[] examples = new FinetuneExample[count];
        foreach (ref FinetuneExample example in examples.AsSpan())
            example = new FinetuneExample(Add(latents), Add(texts), weight);
        return examples;
    }

    static int Add(RowTable table)
    {
        float[] row = new float[table.Width];
        new Philox((ulong)table.Count).Normal(row);
        table.Add($"{table.Count}", row);
        return table.Count - 1;
    }
}
