using AlignT2I.Files;
using AlignT2I.Training.Caching;
using AlignT2I.Training.Finetuning;

namespace AlignT2I.Training.Tests.Finetuning;

/// <summary>Updates whose gradients are not finite.</summary>
public class SkippedStepsTests
{
    [Test]
    public void An_update_with_a_latent_that_is_not_a_number_changes_nothing_and_is_counted()
    {
        using var folder = new TestFolder();
        using var tiny = new TinyFinetuning();
        using FinetuneTrainer trainer = tiny.Trainer(data: Damaged(image => image == 3));
        FinetuneResult result = trainer.Run(folder["checkpoints"]);
        // 48 draws of ten images: image 3 comes four or five times.
        Assert.That(result.SkippedSteps, Is.InRange(4, 5));
        Assert.That(result.Losses, Has.Count.EqualTo(12 - result.SkippedSteps));
        Assert.That(tiny.State(trainer), Has.All.Matches<float>(float.IsFinite));
    }

    [Test]
    public void Interrupted_and_resumed_it_gives_the_same_bits_and_count()
    {
        using var folder = new TestFolder();
        FinetuneData data = Damaged(image => image == 3);
        using TinyFinetuning whole = new(), first = new(), second = new();
        using FinetuneTrainer uninterrupted = whole.Trainer(data: data);
        FinetuneResult expected = uninterrupted.Run(folder["whole"]);
        using (FinetuneTrainer trainer = first.Trainer(data: data))
        {
            using var source = new CancellationTokenSource();
            var stop = new Told(p =>
            {
                if (p.Done == 7)
                    source.Cancel();
            });
            Assert.Throws<OperationCanceledException>(() => trainer.Run(folder["parts"], progress: stop, cancellationToken: source.Token));
        }
        using FinetuneTrainer resumed = second.Trainer(data: data);
        Assert.That(resumed.Run(folder["parts"], resume: true).SkippedSteps, Is.EqualTo(expected.SkippedSteps));
        Assert.That(second.State(resumed), Is.EqualTo(whole.State(uninterrupted)));
    }

    [Test]
    public void Too_many_in_a_row_end_the_training_with_a_sentence()
    {
        using var folder = new TestFolder();
        using var tiny = new TinyFinetuning();
        float[] before = [.. tiny.Parameters.Parameters.SelectMany(p => p.Value.ToArray<float>())];
        using FinetuneTrainer trainer = tiny.Trainer(TinyFinetuning.Options with { MaxSkippedSteps = 4 }, Damaged(_ => true));
        Assert.That(
            () => trainer.Run(folder["checkpoints"]),
            Throws.TypeOf<UsageException>().With.Message.Contains("diverged at step 5: the gradients of 5 steps in a row are not finite"));
        Assert.That(tiny.Parameters.Parameters.SelectMany(p => p.Value.ToArray<float>()), Is.EqualTo(before));
    }

    [Test]
    public void A_reward_that_is_not_a_number_is_refused_by_the_image()
    {
        using var tiny = new TinyFinetuning();
        FinetuneData data = TinyFinetuning.Data();
        FinetuneExample[] model = [.. data.Model];
        model[2] = model[2] with { Weight = float.NaN };
        Assert.That(
            () => tiny.Trainer(data: data with { Model = model }),
            Throws.TypeOf<UsageException>().With.Message.Contains("the reward of 'image 2' is NaN"));
    }

    static FinetuneData Damaged(Predicate<int> image)
    {
        FinetuneData data = TinyFinetuning.Data();
        var latents = new RowTable(data.Latents.RowShape);
        for (int i = 0; i < data.Latents.Count; i++)
        {
            float[] row = data.Latents.Row(i).ToArray();
            if (image(i))
                row[5] = float.NaN;
            latents.Add(data.Latents.Keys[i], row);
        }
        return data with { Latents = latents };
    }
}
