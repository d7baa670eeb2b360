using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.StableDiffusion;
using AlignT2I.Training.Finetuning;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Tests.Finetuning;

public class FinetuneTrainerTests
{
    [Test]
    public void Interrupted_and_resumed_it_gives_the_same_bits_as_in_one_go()
    {
        float[] uninterrupted = Uninterrupted();
        using var folder = new TestFolder();
        Interrupt(folder, after: 7);
        using var tiny = new TinyFinetuning();
        using FinetuneTrainer resumed = tiny.Trainer();
        FinetuneResult result = resumed.Run(folder["checkpoints"], resume: true);
        Assert.That(result.ResumedAt, Is.EqualTo(7));
        Assert.That(tiny.State(resumed), Is.EqualTo(uninterrupted));
    }

    [Test]
    public void A_kill_while_a_checkpoint_was_written_loses_only_the_steps_since_the_last()
    {
        float[] uninterrupted = Uninterrupted();
        using var folder = new TestFolder();
        Interrupt(folder, after: 7);
        string newest = folder["checkpoints/step-000007.safetensors"];
        byte[] half = File.ReadAllBytes(newest)[..1000];
        File.WriteAllBytes(folder["checkpoints/step-000010.safetensors.tmp"], half);
        using var tiny = new TinyFinetuning();
        using FinetuneTrainer resumed = tiny.Trainer();
        Assert.That(resumed.Run(folder["checkpoints"], resume: true).ResumedAt, Is.EqualTo(7));
        Assert.That(tiny.State(resumed), Is.EqualTo(uninterrupted));
    }

    [Test]
    public void Cancelling_saves_a_checkpoint_and_says_so()
    {
        using var folder = new TestFolder();
        OperationCanceledException error = Interrupt(folder, after: 3);
        Assert.That(error.Message, Does.Contain("after 3 of 12"));
        Assert.That(File.Exists(folder["checkpoints/step-000003.safetensors"]), Is.True);
    }

    [Test]
    public void Only_the_newest_checkpoints_are_kept_and_a_fresh_start_removes_them()
    {
        using var folder = new TestFolder();
        using var tiny = new TinyFinetuning();
        using (FinetuneTrainer trainer = tiny.Trainer())
            trainer.Run(folder["checkpoints"]);
        Assert.That(Names(folder), Is.EqualTo((string[])["step-000010.safetensors", "step-000012.safetensors"]));
        using (FinetuneTrainer trainer = tiny.Trainer(TinyFinetuning.Options with { Steps = 1 }))
            trainer.Run(folder["checkpoints"]);
        Assert.That(Names(folder), Is.EqualTo((string[])["step-000001.safetensors"]));
    }

    [Test]
    public void A_checkpoint_of_other_options_or_data_or_of_another_model_is_refused()
    {
        using var folder = new TestFolder();
        Interrupt(folder, after: 3);
        using var tiny = new TinyFinetuning();
        using FinetuneTrainer other = tiny.Trainer(TinyFinetuning.Options with { LearningRate = 1e-4 });
        Assert.That(() => other.Run(folder["checkpoints"], resume: true),
            Throws.TypeOf<UsageException>().With.Message.Contains("other options"));
        FinetuneData data = TinyFinetuning.Data();
        using FinetuneTrainer rewarded = tiny.Trainer(data: data with { Model = [.. data.Model.Select(e => e with { Weight = 1 })] });
        Assert.That(() => rewarded.Run(folder["checkpoints"], resume: true),
            Throws.TypeOf<UsageException>().With.Message.Contains("other data or model"));
        using FinetuneTrainer ofAnother = tiny.Trainer(data: data with { ModelHash = "another" });
        Assert.That(() => ofAnother.Run(folder["checkpoints"], resume: true),
            Throws.TypeOf<UsageException>().With.Message.Contains("other data or model"));
    }

    [Test]
    public void Micro_batches_change_the_result_by_rounding_only()
    {
        using var folder = new TestFolder();
        float[] whole = Uninterrupted();
        using var tiny = new TinyFinetuning();
        using FinetuneTrainer trainer = tiny.Trainer(TinyFinetuning.Options with { MicroBatchSize = 2 });
        trainer.Run(folder["checkpoints"]);
        float[] parts = tiny.State(trainer);
        double difference = Math.Sqrt(whole.Zip(parts, (a, b) => (double)(a - b) * (a - b)).Sum());
        double norm = Math.Sqrt(whole.Sum(a => (double)a * a));
        // Adam divides by the gradient's size: rounding of gradients near zero moves weights by up to a step, 1e-3 of the norm here at
        // most.
        Assert.That(difference, Is.LessThan(1e-3 * norm));
    }

    [Test]
    public void Only_the_mix_decides_whether_pretraining_images_take_part()
    {
        float[] full = Uninterrupted(), unlabeled = Uninterrupted(TinyFinetuning.Options with { Mix = FinetuneMix.WithUnlabeled });
        float[] withoutWeight = Uninterrupted(TinyFinetuning.Options with { PretrainingWeight = 0 });
        Assert.That(unlabeled, Is.Not.EqualTo(full));
        Assert.That(unlabeled, Is.EqualTo(withoutWeight));
    }

    [Test]
    public void The_loss_falls_on_a_few_images()
    {
        using var folder = new TestFolder();
        using var tiny = new TinyFinetuning();
        using FinetuneTrainer trainer =
            tiny.Trainer(TinyFinetuning.Options with { Steps = 150, CheckpointSteps = 1000, WarmupSteps = 0, LearningRate = 3e-3 });
        IReadOnlyList<double> losses = trainer.Run(folder["checkpoints"]).Losses;
        Assert.That(losses.TakeLast(20).Average(), Is.LessThan(0.8 * losses.Take(20).Average()));
    }

    [Test]
    public void Live_bytes_are_the_same_after_20_and_after_200_updates()
    {
        using var folder = new TestFolder();
        using var tiny = new TinyFinetuning();
        using FinetuneTrainer trainer = tiny.Trainer(TinyFinetuning.Options with { Steps = 200, CheckpointSteps = 1000 });
        Dictionary<long, long> live = [];
        trainer.Run(folder["checkpoints"], progress: new Told(p => live[p.Done] = Backend.Cpu.LiveBytes));
        Assert.That(live[200], Is.EqualTo(live[20]));
    }

    [Test]
    public void The_log_has_a_line_per_interval_and_the_result_is_a_unet_folder()
    {
        using var folder = new TestFolder();
        using var tiny = new TinyFinetuning();
        using FinetuneTrainer trainer = tiny.Trainer();
        using (JsonLinesWriter<LogLine> log = LogLine.OpenLog(folder["log.jsonl"]))
            trainer.Run(folder["checkpoints"], log: log);
        Assert.That(File.ReadAllLines(folder["log.jsonl"]), Has.Length.EqualTo(3));     // steps 5, 10 and 12
        trainer.Save(folder["unet"]);
        using SafetensorsFile file = SafetensorsFile.Open(folder["unet/diffusion_pytorch_model.safetensors"]);
        using var store = new ParameterStore(new SafetensorsParameters(file));
        _ = new UNet2DCondition(store.Root, UNet2DConditionConfig.Read(folder["unet/config.json"]));
        store.Finish();
        Assert.That(store["conv_in.weight"].Value.ToArray<float>(), Is.EqualTo(trainer.Averages[0].Value.ToArray<float>()));
    }

    [Test]
    public void Impossible_options_and_data_are_refused()
    {
        using var tiny = new TinyFinetuning();
        FinetuneData data = TinyFinetuning.Data();
        Assert.That(() => tiny.Trainer(TinyFinetuning.Options with { BatchSize = 0 }),
            Throws.TypeOf<UsageException>().With.Message.Contains("batch size"));
        Assert.That(() => tiny.Trainer(data: data with { Model = [] }), Throws.TypeOf<UsageException>());
        Assert.That(() => tiny.Trainer(data: data with { Pretraining = [] }),
            Throws.TypeOf<UsageException>().With.Message.Contains("pre-training"));
    }

    static float[] Uninterrupted(FinetuneOptions? options = null)
    {
        using var folder = new TestFolder();
        using var tiny = new TinyFinetuning();
        using FinetuneTrainer trainer = tiny.Trainer(options);
        trainer.Run(folder["checkpoints"]);
        return tiny.State(trainer);
    }

    static OperationCanceledException Interrupt(TestFolder folder, int after)
    {
        using var tiny = new TinyFinetuning();
        using FinetuneTrainer trainer = tiny.Trainer();
        using var source = new CancellationTokenSource();
        var progress = new Told(p =>
        {
            if (p.Done == after)
                source.Cancel();
        });
        return Assert.Throws<OperationCanceledException>(
            () => trainer.Run(folder["checkpoints"], progress: progress, cancellationToken: source.Token))!;
    }

    static string[] Names(TestFolder folder) => [.. Directory.GetFiles(folder["checkpoints"]).Select(f => Path.GetFileName(f)).Order()];
}
