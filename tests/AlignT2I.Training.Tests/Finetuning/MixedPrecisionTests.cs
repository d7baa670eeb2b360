using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Training.Finetuning;

namespace AlignT2I.Training.Tests.Finetuning;

/// <summary>Fine-tuning in bfloat16 and float16 with float32 masters.</summary>
public class MixedPrecisionTests
{
    [Test]
    public void Interrupted_and_resumed_it_gives_the_same_bits_as_in_one_go([Values(DType.BF16, DType.F16)] DType dtype)
    {
        (float[] uninterrupted, FinetuneResult whole) = Train(dtype, Data(scale: dtype == DType.F16 ? 40 : 1));
        using var folder = new TestFolder();
        using (var tiny = new TinyFinetuning(dtype))
        using (FinetuneTrainer trainer = tiny.Trainer(Options(dtype), Data(scale: dtype == DType.F16 ? 40 : 1)))
        {
            using var source = new CancellationTokenSource();
            var stop = new Told(p =>
            {
                if (p.Done == 7)
                    source.Cancel();
            });
            Assert.Throws<OperationCanceledException>(
                () => trainer.Run(folder["checkpoints"], progress: stop, cancellationToken: source.Token));
        }

        using var again = new TinyFinetuning(dtype);
        using FinetuneTrainer resumed = again.Trainer(Options(dtype), Data(scale: dtype == DType.F16 ? 40 : 1));
        FinetuneResult result = resumed.Run(folder["checkpoints"], resume: true);
        Assert.That(result.ResumedAt, Is.EqualTo(7));
        Assert.That(result.SkippedSteps, Is.EqualTo(whole.SkippedSteps));
        Assert.That(again.State(resumed), Is.EqualTo(uninterrupted));
    }

    [Test]
    public void Float16_that_overflows_skips_steps_until_the_scale_fits()
    {
        FinetuneResult fits = Train(DType.F16, Data(scale: 1)).Result, large = Train(DType.F16, Data(scale: 40)).Result;
        Assert.That(fits.SkippedSteps, Is.Zero);
        Assert.That(large.SkippedSteps, Is.InRange(1, 6));
    }

    [Test]
    public void Gradients_that_overflow_with_every_scale_end_the_training_with_a_sentence() =>
        Assert.That(
            () => Train(DType.F16, Data(scale: 1e9f), steps: 30),
            Throws.TypeOf<UsageException>().With.Message.Contains("diverged at step 17"));

    [Test]
    public void The_weights_are_those_of_float32_but_for_rounding([Values(DType.BF16, DType.F16)] DType dtype)
    {
        float[] single = Train(DType.F32, Data(1)).State, half = Train(dtype, Data(1)).State, before = Initial();
        double difference = Distance(single, half), moved = Distance(single, before);
        // Gradients are off by several u, and Adam moves every weight by about the learning rate whatever its gradient's size: measured
        // 7.5 u in bfloat16 and 7.8 u in float16.
        Assert.That(difference / moved, Is.LessThan(15 * dtype.UnitRoundoff));
    }

    [Test]
    public void Text_states_kept_in_the_type_of_the_network_give_the_bits_of_float32_ones([Values(DType.BF16, DType.F16)] DType dtype) =>
        Assert.That(Train(dtype, TinyFinetuning.Data(textType: dtype)).State, Is.EqualTo(Train(dtype, TinyFinetuning.Data()).State));

    [Test]
    public void Live_bytes_are_the_same_after_20_and_after_100_updates([Values(DType.BF16, DType.F16)] DType dtype)
    {
        using var folder = new TestFolder();
        using var tiny = new TinyFinetuning(dtype);
        using FinetuneTrainer trainer = tiny.Trainer(Options(dtype, steps: 100) with { CheckpointSteps = 1000 });
        Dictionary<long, long> live = [];
        trainer.Run(folder["checkpoints"], progress: new Told(p => live[p.Done] = Backend.Cpu.LiveBytes));
        Assert.That(live[100], Is.EqualTo(live[20]));
    }

    [Test]
    public void A_network_of_another_type_than_the_options_say_is_refused()
    {
        using var tiny = new TinyFinetuning();
        Assert.That(
            () => tiny.Trainer(Options(DType.BF16)),
            Throws.TypeOf<UsageException>().With.Message.Contains("computes in F32 and the dtype is bfloat16"));
        Assert.That(
            () => tiny.Trainer(TinyFinetuning.Options with { Dtype = "half" }),
            Throws.TypeOf<UsageException>().With.Message.Contains("dtype is half"));
    }

    static FinetuneOptions Options(DType dtype, int steps = 12) =>
        TinyFinetuning.Options with { Steps = steps, Dtype = dtype.Name };

    /// <summary>Data with rewards times <paramref name="scale"/>: loss and gradients grow with it.</summary>
    static FinetuneData Data(float scale) => TinyFinetuning.Data(scale);

    static (float[] State, FinetuneResult Result) Train(DType dtype, FinetuneData data, int steps = 12)
    {
        using var folder = new TestFolder();
        using var tiny = new TinyFinetuning(dtype);
        using FinetuneTrainer trainer = tiny.Trainer(Options(dtype, steps), data);
        FinetuneResult result = trainer.Run(folder["checkpoints"]);
        return (tiny.State(trainer), result);
    }

    static float[] Initial()
    {
        using var tiny = new TinyFinetuning();
        using FinetuneTrainer trainer = tiny.Trainer();
        return tiny.State(trainer);
    }

    static double Distance(float[] a, float[] b) => Math.Sqrt(a.Zip(b, (x, y) => (double)(x - y) * (x - y)).Sum());
}
