using System.Text.Json.Nodes;
using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Training.Pretraining;

namespace AlignT2I.Training.Tests.Pretraining;

internal sealed class MiniaturePretrainerTests
{
    static readonly PretrainOptions options = new()
    {
        Seed = 5,
        VaeSteps = 5,
        VaeBatchSize = 2,
        ClipSteps = 5,
        ClipBatchSize = 4,
        Scenes = 24,
        DiffusionSteps = 8,
        DiffusionBatchSize = 3,
        WebSteps = 6,
        CheckpointSteps = 2,
    };

    static readonly string[] weights =
    [
        "vae/diffusion_pytorch_model.safetensors", "text_encoder/model.safetensors", "image_encoder/model.safetensors",
        "unet/diffusion_pytorch_model.safetensors",
    ];

    string folder = "";

    [SetUp]
    public void MakeFolder() => folder = Directory.CreateTempSubdirectory("pretrain").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(folder, recursive: true);

    [Test]
    public void Stopped_in_every_phase_it_ends_with_the_same_bits()
    {
        string whole = Path.Combine(folder, "whole"), stopped = Path.Combine(folder, "stopped");
        new MiniaturePretrainer(whole, options).Run();
        Assert.That(Stop(stopped, "train VAE", 3), Is.True);
        Assert.That(Stop(stopped, "train CLIP", 2), Is.True);
        Assert.That(Stop(stopped, "train UNet", 5), Is.True);
        Assert.That(Stop(stopped, "train UNet on web captions", 3), Is.True);
        new MiniaturePretrainer(stopped, options).Run();
        foreach (string file in weights)
            Assert.That(File.ReadAllBytes(Path.Combine(stopped, file)), Is.EqualTo(File.ReadAllBytes(Path.Combine(whole, file))), file);
    }

    [Test]
    public void Killed_between_two_checkpoints_it_goes_on_from_the_last()
    {
        string whole = Path.Combine(folder, "whole"), killed = Path.Combine(folder, "killed");
        new MiniaturePretrainer(whole, options).Run();
        // A kill leaves no checkpoint of its own: an exception out of the progress report is the same to the files.
        Assert.That(
            () => new MiniaturePretrainer(killed, options).Run(new Reports(p =>
            {
                if (p is { Stage: "train UNet", Done: 5 })
                    throw new TimeoutException("killed");
            })),
            Throws.TypeOf<TimeoutException>());
        File.WriteAllBytes(Path.Combine(killed, "pretraining", "unet.safetensors.tmp"), [1, 2, 3]);
        new MiniaturePretrainer(killed, options).Run();
        foreach (string file in weights)
            Assert.That(File.ReadAllBytes(Path.Combine(killed, file)), Is.EqualTo(File.ReadAllBytes(Path.Combine(whole, file))), file);
    }

    [Test]
    public void A_base_model_keeps_its_frozen_parts_and_its_UNet_is_trained_on()
    {
        string whole = Path.Combine(folder, "whole"), further = Path.Combine(folder, "further");
        new MiniaturePretrainer(whole, options).Run();
        List<string> stages = [];
        new MiniaturePretrainer(further, options with { BaseModel = whole }).Run(new Reports(p => stages.Add(p.Stage)));
        Assert.That(stages.Distinct(), Is.EqualTo(["encode scenes", "train UNet on web captions"]));
        foreach (string file in Directory.EnumerateFiles(whole, "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(whole, f))
            .Where(f => !f.StartsWith('.') && !f.StartsWith("pretraining", StringComparison.Ordinal)))
        {
            Assert.That(File.ReadAllBytes(Path.Combine(further, file)).SequenceEqual(File.ReadAllBytes(Path.Combine(whole, file))),
                Is.EqualTo(file != Path.Combine("unet", "diffusion_pytorch_model.safetensors")), file);
        }
    }

    [TestCase("latents", 0x7FC00000)]       // not a number
    [TestCase("captions", 1_000_000)]
    [TestCase("captions", -1)]
    [TestCase("text_states", 0x7F800000)]   // infinite
    public void Encoded_scenes_that_are_damaged_are_told(string tensor, int bits)
    {
        Stop(folder, "train UNet", 1);
        string path = Path.Combine(folder, "pretraining", "scenes.safetensors");
        byte[] bytes = File.ReadAllBytes(path);
        int data = sizeof(long) + BitConverter.ToInt32(bytes);
        string header = System.Text.Encoding.UTF8.GetString(bytes, sizeof(long), data - sizeof(long));
        int start = (int)JsonNode.Parse(header)![tensor]!["data_offsets"]![0]!;
        BitConverter.TryWriteBytes(bytes.AsSpan(data + start), bits);
        File.WriteAllBytes(path, bytes);
        Assert.That(() => new MiniaturePretrainer(folder, options).Run(),
            Throws.TypeOf<FileFormatException>().With.Message.StartsWith(path).And.Message.Contains("Delete it"));
    }

    [Test]
    public void A_base_model_that_lacks_a_part_is_refused_before_training()
    {
        PretrainOptions further = options with { BaseModel = Path.Combine(folder, "nothing") };
        Assert.That(
            () => new MiniaturePretrainer(Path.Combine(folder, "further"), further).Run(new Reports(p => Assert.Fail(p.Stage))),
            Throws.TypeOf<UsageException>().With.Message.Contains(Path.Combine(folder, "nothing", "tokenizer")));
    }

    [Test]
    public void A_folder_that_was_begun_with_other_options_or_another_base_is_refused()
    {
        Stop(folder, "train VAE", 3);
        Refused(folder, options with { Seed = 6 });
        Refused(folder, options with { Scenes = 25 });
        Assert.That(Stop(folder, "train VAE", 4), Is.True, "the same options go on");

        string whole = Path.Combine(folder, "whole"), other = Path.Combine(folder, "other"), third = Path.Combine(folder, "third");
        new MiniaturePretrainer(whole, options).Run();
        new MiniaturePretrainer(other, options with { BaseModel = whole }).Run();
        new MiniaturePretrainer(third, options with { BaseModel = whole }).Run();
        Refused(third, options with { BaseModel = other });
        Assert.That(() => new MiniaturePretrainer(third, options with { BaseModel = third }).Run(),
            Throws.TypeOf<UsageException>().With.Message.Contains("base"));

        static void Refused(string at, PretrainOptions changed) => Assert.That(
            () => new MiniaturePretrainer(at, changed).Run(new Reports(p => Assert.Fail(p.Stage))),
            Throws.TypeOf<UsageException>().With.Message.Contains("options.json").And.Message.Contains("other options or another model"));
    }

    [Test]
    public void A_training_that_diverges_ends_with_a_sentence()
    {
        Assert.That(() => new MiniaturePretrainer(folder, options with { VaeLearningRate = 1e30 }).Run(),
            Throws.TypeOf<UsageException>().With.Message.Contains("train VAE diverged"));
    }

    [Test]
    public void A_damaged_checkpoint_is_named()
    {
        Stop(folder, "train VAE", 3);
        string checkpoint = Path.Combine(folder, "pretraining", "vae.safetensors");
        File.WriteAllBytes(checkpoint, File.ReadAllBytes(checkpoint)[..^100]);
        Assert.That(() => new MiniaturePretrainer(folder, options).Run(),
            Throws.TypeOf<FileFormatException>().With.Message.Contains("vae.safetensors"));
    }

    [Test]
    public void No_memory_is_left_behind()
    {
        long before = Backend.Cpu.LiveBytes;
        new MiniaturePretrainer(folder, options with { Scenes = 8, DiffusionSteps = 2, WebSteps = 2, ClipSteps = 1, VaeSteps = 1 }).Run();
        Assert.That(Backend.Cpu.LiveBytes, Is.EqualTo(before));
    }

    static bool Stop(string output, string stage, int step)
    {
        using CancellationTokenSource source = new();
        Reports reports = new(p =>
        {
            if (p.Stage == stage && p.Done == step)
                source.Cancel();
        });
        try
        {
            new MiniaturePretrainer(output, options).Run(reports, source.Token);
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    sealed class Reports(Action<StageProgress> report) : IProgress<StageProgress>
    {
        public void Report(StageProgress value) => report(value);
    }
}
