using System.Buffers.Binary;
using System.Text;
using AlignT2I.Files;
using AlignT2I.Models.Pipelines;
using AlignT2I.Models.Schedulers;
using AlignT2I.Training.Caching;
using AlignT2I.Training.Events;
using AlignT2I.Training.Finetuning;
using AlignT2I.Training.Tests.Finetuning;

namespace AlignT2I.Training.Tests.Events;

public class EventFileTests
{
    /// <summary>CRC-32C of RFC 3720, B.4, masked as record_writer.h does: a value that this library did not compute.</summary>
    [Test]
    public void The_masked_checksum_is_that_of_32_zero_bytes_in_the_standard()
    {
        const uint crc = 0x8a9136aa;
        Assert.That(EventFileWriter.MaskedCrc(new byte[32]), Is.EqualTo(unchecked(((crc >> 15) | (crc << 17)) + 0xa282ead8)));
    }

    [Test]
    public void A_figure_is_written_byte_for_byte_as_the_format_says()
    {
        using var folder = new TestFolder();
        using (EventFileWriter writer = EventFileWriter.Create(folder.Path))
        {
            writer.Scalar("loss", 300, 0.5);
            writer.Scalar("norm", 300, double.PositiveInfinity);
        }
        byte[][] events = [.. Records(Directory.GetFiles(folder.Path).Single())];
        Assert.That(events, Has.Length.EqualTo(3));
        Assert.That(Encoding.UTF8.GetString(events[0][11..]), Is.EqualTo("brain.Event:2"));
        // 1: wall time (8 bytes); 2: step 300 = ac 02; 5: summary { 1: value { 1: "loss", 2: 0.5f } }
        Assert.That(Convert.ToHexStringLower(events[2][9..]), Is.EqualTo("10ac02" + "2a0d" + "0a0b" + "0a046c6f7373" + "150000003f"));
    }

    [Test]
    public void Training_writes_figures_at_its_intervals_and_says_where_it_went_on()
    {
        using var folder = new TestFolder();
        using var tiny = new TinyFinetuning();
        using (FinetuneTrainer trainer = tiny.Trainer(TinyFinetuning.Options with { Steps = 10 }))
            trainer.Run(folder["checkpoints"], eventsFolder: folder["events"]);
        string text = Encoding.Latin1.GetString(File.ReadAllBytes(Directory.GetFiles(folder["events"]).Single()));
        foreach (string tag in (string[])["finetune/loss", "finetune/reward", "finetune/norm", "finetune/lr", "finetune/img/s"])
            Assert.That(text.Split(tag), Has.Length.EqualTo(3), tag);       // steps 5 and 10
        EventFileWriter.Create(folder["events"], step: 10).Dispose();
        byte[] start = Records(Directory.GetFiles(folder["events"]).Order(StringComparer.Ordinal).Last()).Last();
        Assert.That(Convert.ToHexStringLower(start[9..]), Is.EqualTo("100a" + "3a02" + "0801"));     // step 10; { status: START }
    }

    [Test]
    public void Validation_pictures_are_of_the_averaged_weights_and_leave_the_training_as_it_was()
    {
        using var folder = new TestFolder();
        TinyModel.Write(folder["model"]);
        FinetuneOptions options = TinyFinetuning.Options with
        {
            Steps = 3,
            ValidationPrompts = ["A red star"],
            ValidationSteps = 2,
            ValidationInferenceSteps = 1,
            Seed = 9,
        };
        float[] without = Train(validated: false), with = Train(validated: true);
        Assert.That(with, Is.EqualTo(without));
        byte[][] pictures = [.. Records(Directory.GetFiles(folder["events-True"]).Single())
            .Where(e => Encoding.Latin1.GetString(e).Contains("validation/A red star", StringComparison.Ordinal))];
        Assert.That(pictures, Has.Length.EqualTo(2));       // steps 2 and 3
        Image[] decoded = [.. pictures.Select(
            p => Png.Decode(p.AsSpan(p.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x89, 0x50, 0x4e, 0x47])), "picture").Image)];
        Assert.That(decoded[0].Width, Is.EqualTo(64));
        Assert.That(decoded[1].Pixels, Is.Not.EqualTo(decoded[0].Pixels));

        float[] Train(bool validated)
        {
            using StableDiffusionModel model = StableDiffusionModel.Load(folder["model"], trainedUNet: Engine.DType.F32);
            using var trainer = new FinetuneTrainer(
                model.UNet, model.UNetParameters, Scheduler.Create(model.SchedulerConfig), Data(), options);
            trainer.Run(
                folder[$"checkpoints-{validated}"], eventsFolder: folder[$"events-{validated}"],
                validation: validated ? new ValidationSampler(model, options) : null);
            return [.. model.UNetParameters.Parameters.Concat(trainer.Averages).SelectMany(p => p.Value.ToArray<float>())];
        }
    }

    [Test]
    public void Interrupted_while_it_draws_validation_pictures_it_saves_the_state()
    {
        using var folder = new TestFolder();
        TinyModel.Write(folder["model"]);
        FinetuneOptions options = TinyFinetuning.Options with
        {
            Steps = 4,
            ValidationPrompts = ["A red star"],
            ValidationSteps = 2,
            ValidationInferenceSteps = 1,
        };
        using StableDiffusionModel model = StableDiffusionModel.Load(folder["model"], trainedUNet: Engine.DType.F32);
        using var trainer = new FinetuneTrainer(
            model.UNet, model.UNetParameters, Scheduler.Create(model.SchedulerConfig), Data(), options);
        using var source = new CancellationTokenSource();
        var progress = new Told(p =>
        {
            if (p.Done == 2)
                source.Cancel();        // told after the update, before its pictures
        });
        OperationCanceledException error = Assert.Throws<OperationCanceledException>(() => trainer.Run(
            folder["checkpoints"], progress: progress, eventsFolder: folder["events"],
            validation: new ValidationSampler(model, options), cancellationToken: source.Token))!;
        Assert.That(error.Message, Does.Contain("after 2 of 4"));
        Assert.That(File.Exists(folder["checkpoints/step-000002.safetensors"]), Is.True);
    }

    /// <summary>Data of the sizes of <see cref="TinyModel"/>.</summary>
    internal static FinetuneData Data()
    {
        var random = new Engine.Philox(5);
        RowTable latents = new([16, 16, 4]), texts = new([10, 8]);
        for (int i = 0; i < 4; i++)
        {
            float[] latent = new float[latents.Width], text = new float[texts.Width];
            random.Normal(latent);
            random.Normal(text);
            latents.Add($"image {i}", latent);
            texts.Add(i == 0 ? "" : $"prompt {i}", text);
        }
        FinetuneExample[] examples = [.. Enumerable.Range(1, 3).Select(i => new FinetuneExample(i, i, 0.5f))];
        return new FinetuneData(latents, texts, 0, examples, examples);
    }

    /// <summary>The records of a file, their checksums checked.</summary>
    static IEnumerable<byte[]> Records(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        for (int at = 0; at < file.Length;)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
            Assert.That(BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)),
                Is.EqualTo(EventFileWriter.MaskedCrc(file.AsSpan(at, 8))));
            byte[] data = file[(at + 12)..(at + 12 + length)];
            Assert.That(BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)),
                Is.EqualTo(EventFileWriter.MaskedCrc(data)));
            at += length + 16;
            yield return data;
        }
    }
}
