using AlignT2I.Engine;
using AlignT2I.Models.Parity;
using AlignT2I.Models.Schedulers;
using AlignT2I.Models.StableDiffusion;
using AlignT2I.Testing;
using AlignT2I.Training.Caching;
using AlignT2I.Training.Finetuning;

namespace AlignT2I.Training.Tests.Finetuning;

/// <summary>A step of the UNet of Stable Diffusion v1.5, 859.5 M parameters, on latents of 32x32.</summary>
[Category("Slow")]
[NonParallelizable]
public class FullSizeFinetuningTests
{
    const double GB = 1e9;

    static readonly UNet2DConditionConfig config = new() { SampleSize = 32 };

    static readonly FinetuneOptions options = new()
    {
        Steps = 1,
        BatchSize = 1,
        PretrainingBatchSize = 1,
        MicroBatchSize = 1,
        EmaDecay = 0,
        WarmupSteps = 0,
        CheckpointSteps = 1000,
    };

    [Test]
    public void A_step_of_all_weights_takes_the_memory_that_is_predicted() => Run(options, atLeast: 15.5, atMost: 14.6);

    [Test]
    public void A_step_of_an_adaptation_takes_little_more_than_the_weights() =>
        Run(options with { LoraRank = 8, EmaDecay = 0.99 }, atLeast: 5, atMost: 4.1);

    [TearDown]
    public void Give_the_memory_back() => Backend.Cpu.Trim();

    static void Run(FinetuneOptions options, double atLeast, double atMost)
    {
        long available = Backend.Cpu.AvailableBytes;
        if (available < atLeast * GB)
        {
            Assert.Ignore(
                $"The test needs {atLeast} GB of free memory; there are {available / GB:0.0} GB. Run it on a machine with more.");
        }
        FinetuneMemory predicted = FinetuneMemory.Predict(config, parameters: 859_520_964, options);
        FinetuneUpdate update = default;
        long peak = PeakMemory.Of(() => update = Step(options));
        TestContext.Out.WriteLine($"measured {peak / GB:0.00} GB, predicted {predicted.Peak(1) / GB:0.00} GB, {update}");
        Assert.That(update.Loss, Is.GreaterThan(0).And.LessThan(10));
        Assert.That(update.IsDone, Is.True);
        Assert.That(peak, Is.LessThan(atMost * GB));
        Assert.That(predicted.Peak(1), Is.EqualTo((double)peak).Within(10).Percent);
    }

    static FinetuneUpdate Step(FinetuneOptions options)
    {
        using LowRankAdapters? adapters = FinetuneStage.Adapters(options, Backend.Cpu);
        using var parameters = new ParameterStore(
            Backend.Cpu, options.ComputeType!.Value, new SyntheticParameters(new SyntheticWeights(SyntheticVariant.V1, 1)),
            masters: adapters is null)
        { Adapters = adapters };
        var unet = new UNet2DCondition(parameters.Root, config);
        parameters.Finish();
        using var trainer = new FinetuneTrainer(
            unet, adapters?.Parameters ?? parameters, new DdpmScheduler(new SchedulerConfig()), Data(), options);
        return trainer.Update(0);
    }

    static FinetuneData Data()
    {
        var random = new Philox(3);
        RowTable latents = new([32, 32, 4]), texts = new([77, 768]);
        float[] latent = new float[latents.Width], text = new float[texts.Width];
        random.Normal(latent);
        random.Normal(text);
        latents.Add("image", latent);
        texts.Add("", text);
        return new FinetuneData(latents, texts, 0, [new FinetuneExample(0, 0, 0.7f)], [new FinetuneExample(0, 0, 1)]);
    }
}
