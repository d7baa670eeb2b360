using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Pipelines;
using AlignT2I.Models.Schedulers;
using AlignT2I.Testing;
using AlignT2I.Training.Embeddings;
using AlignT2I.Training.Finetuning;

namespace AlignT2I.Training.Tests.Finetuning;

/// <summary>Gradient checkpointing, min-SNR weighting, the range of timesteps, no average, the choice of the micro-batch.</summary>
public class FinetuneFeatureTests
{
    [Test]
    [NonParallelizable]
    public void Gradient_checkpointing_takes_less_memory_and_changes_the_result_by_rounding_only()
    {
        FinetuneOptions options = TinyFinetuning.Options with { BatchSize = 32, MicroBatchSize = 64 };
        (float[] held, long heldBytes) = Train(options);
        (float[] again, long againBytes) = Train(options with { GradientCheckpointing = true });
        Assert.That(againBytes, Is.LessThan(0.6 * heldBytes));
        double difference = Math.Sqrt(held.Zip(again, (a, b) => (double)(a - b) * (a - b)).Sum()),
            norm = Math.Sqrt(held.Sum(a => (double)a * a));
        Assert.That(difference, Is.LessThan(1e-3 * norm));      // as for micro-batches: Adam divides by the gradient's size
    }

    [TestCase(0.5, 5, 1)]           // ratio 1
    [TestCase(10.0 / 11, 5, 0.5)]   // ratio 10
    [TestCase(100.0 / 101, 5, 0.05)]
    public void Min_snr_weighs_errors_at_little_noise_less(double alphaCumprod, double gamma, double expected) =>
        Assert.That(FinetuneLoss.MinSnrFactor(alphaCumprod, gamma), Is.EqualTo(expected).Within(1e-12));

    [Test]
    public void Min_snr_lowers_the_loss_of_the_same_images_and_a_large_gamma_changes_nothing()
    {
        double plain = FirstLoss(TinyFinetuning.Options), weighted = FirstLoss(TinyFinetuning.Options with { MinSnrGamma = 1 });
        Assert.That(weighted, Is.LessThan(plain));
        Assert.That(FirstLoss(TinyFinetuning.Options with { MinSnrGamma = 1e9 }), Is.EqualTo(plain));
    }

    [TestCase(0)]
    [TestCase(400)]
    [TestCase(999)]
    public void Noise_is_drawn_for_all_timesteps_from_the_smallest_on(int minTimestep)
    {
        var options = TinyFinetuning.Options with { MinTimestep = minTimestep };
        var plan = new FinetunePlan(TinyFinetuning.Data(), options, new DdpmScheduler(new SchedulerConfig()), Backend.Cpu);
        using MemoryScope scope = MemoryScope.Open();
        int[] timesteps = [.. Enumerable.Range(0, 200).SelectMany(step => plan.Batch(step, 0, plan.ImagesPerStep).Timesteps)];
        int range = 1000 - minTimestep;
        Assert.That(timesteps, Is.All.InRange(minTimestep, 999));
        Assert.That(timesteps.Min(), Is.LessThanOrEqualTo(minTimestep + 0.02 * range));
        Assert.That(timesteps.Max(), Is.GreaterThanOrEqualTo(999 - 0.02 * range));
        Assert.That(timesteps.Average(), Is.EqualTo(minTimestep + 0.5 * (range - 1)).Within(0.05 * range));
    }

    [Test]
    public void Only_the_chosen_modules_are_trained()
    {
        FinetuneOptions options = TinyFinetuning.Options with { TrainableModules = ["attentions", "conv_out"] };
        using var folder = new TestFolder();
        using TinyFinetuning before = new(), after = new();
        using FinetuneTrainer trainer = after.Trainer(options);
        trainer.Run(folder["checkpoints"]);
        IReadOnlyList<Parameter> all = after.Parameters.Parameters;
        IEnumerable<string> changed = all
            .Where(p => !p.Value.ToArray<float>().SequenceEqual(before.Parameters[p.Name].Value.ToArray<float>())).Select(p => p.Name);
        string[] chosen =
        [
            .. all.Select(p => p.Name).Where(n => n.Contains(".attentions.") || n.StartsWith("conv_out.", StringComparison.Ordinal)),
        ];
        Assert.That(changed, Is.EqualTo(chosen));
        Assert.That(trainer.Averages.Select(p => p.Name), Is.EqualTo(chosen));
        Assert.That(() => after.Trainer(options with { TrainableModules = ["attention"] }),
            Throws.TypeOf<UsageException>().With.Message.Contains("'attention'"));
    }

    [Test]
    public void Without_an_average_the_result_is_the_last_weights()
    {
        using var folder = new TestFolder();
        using var tiny = new TinyFinetuning();
        using FinetuneTrainer trainer = tiny.Trainer(TinyFinetuning.Options with { EmaDecay = 0 });
        trainer.Run(folder["checkpoints"]);
        Assert.That(trainer.Averages[0].Value, Is.SameAs(tiny.Parameters.Parameters[0].Value));
        using TinyFinetuning again = new();
        using FinetuneTrainer resumed = again.Trainer(TinyFinetuning.Options with { EmaDecay = 0 });
        Assert.That(resumed.Run(folder["checkpoints"], resume: true).ResumedAt, Is.EqualTo(12));
        Assert.That(again.State(resumed), Is.EqualTo(tiny.State(trainer)));
    }

    [TestCase(0L, 1)]
    [TestCase(1_500L, 1)]
    [TestCase(2_300L, 8)]
    [TestCase(1_000_000L, 512)]
    public void The_micro_batch_is_the_largest_power_of_two_that_fits(long availableBytes, int expected)
    {
        var memory = new FinetuneMemory(Parameters: 50, Trained: 50, State: 1_000, PerImage: 100);
        Assert.That(FinetuneMemory.WithMicroBatch(memory, new(), availableBytes).MicroBatchSize, Is.EqualTo(expected));
    }

    [Test]
    public void The_networks_beside_the_unet_count()
    {
        string model = Path.Combine(Golden.Root, "models", "miniature");
        FinetuneMemory without = FinetuneMemory.Predict(model, clipFolder: null, new());
        FinetuneMemory with = FinetuneMemory.Predict(model, model, new());
        long before = Backend.Cpu.LiveBytes;
        using (StableDiffusionModel loaded = StableDiffusionModel.Load(model))
            Assert.That(Backend.Cpu.LiveBytes - before - sizeof(float) * with.Parameters, Is.EqualTo(without.Frozen).Within(5).Percent);
        before = Backend.Cpu.LiveBytes;
        using (ClipEmbedder clip = ClipEmbedder.Load(model))
            Assert.That(Backend.Cpu.LiveBytes - before, Is.EqualTo(with.Frozen - without.Frozen).Within(5).Percent);
        Assert.That(with.Peak(3), Is.EqualTo(with.Frozen + with.State + 3 * with.PerImage));
    }

    [Test]
    public void Packed_copies_of_weights_count_where_they_are_made()
    {
        string model = Path.Combine(Golden.Root, "models", "miniature");
        FinetuneOptions options = FinetuneOptions.Miniature;
        FinetuneMemory memory = FinetuneMemory.Predict(model, model, options), packed = memory.WithPacked(model, options, Backend.Cpu);
        Assert.That(packed.Packed, Is.InRange(sizeof(float) * memory.Parameters / 2, 4 * sizeof(float) * memory.Parameters));
        Assert.That(packed.Peak(3), Is.EqualTo(memory.Peak(3) + packed.Packed));
        Assert.That(memory.WithPacked(model, options with { Dtype = "bfloat16" }, Backend.Cpu).Packed, Is.Zero, "only float32 is packed");
    }

    static (float[] State, long Bytes) Train(FinetuneOptions options)
    {
        using var folder = new TestFolder();
        using var tiny = new TinyFinetuning();
        using FinetuneTrainer trainer = tiny.Trainer(options);
        long bytes = PeakMemory.Of(() => trainer.Run(folder["checkpoints"]));
        return (tiny.State(trainer), bytes);
    }

    static double FirstLoss(FinetuneOptions options)
    {
        using var folder = new TestFolder();
        using var tiny = new TinyFinetuning();
        using FinetuneTrainer trainer = tiny.Trainer(options with { Steps = 1 });
        return trainer.Run(folder["checkpoints"]).Losses[0];
    }
}
