using System.Formats.Tar;
using System.Text;
using System.Text.Json;
using AlignT2I.Files;

namespace AlignT2I.Align.Tests.Commands;

/// <summary>finetune as for Stable Diffusion, on a tiny model.</summary>
internal sealed class FinetuneCommandTests
{
    [Test]
    public void The_plan_is_printed_and_a_dry_run_does_nothing()
    {
        using var tiny = new TinyRun();
        tiny.WithReward();
        CommandRun run = CommandRun.Finetune(
            "--run", tiny.Path, "--model", tiny.Model, "--batch-size", "256", "--pretraining-batch-size", "256", "--micro-batch-size", "8",
            "--gradient-checkpointing", "--dry-run").Succeeded();
        Assert.That(run.Output, Does.Contain("512 = 256 of the model + 256 of pre-training").And.Contain("64 passes of 8 images")
            .And.Contain("gradient checkpointing").And.Contain(" MB of weights and optimizer"));
        Assert.That(Directory.Exists(tiny.In("latents")), Is.False);
        JsonElement chosen = CommandRun.Finetune(
            "--run", tiny.Path, "--model", tiny.Model, "--batch-size", "3", "--pretraining-batch-size", "3", "--micro-batch-size", "0",
            "--dry-run", "--json")
            .Succeeded().Json;
        Assert.That(chosen.GetProperty("microBatchSize").GetInt32(), Is.EqualTo(6));      // all of them
    }

    [Test]
    public void The_paper_is_the_default_of_all_models_but_the_miniature_and_a_file_is_over_it_and_flags_over_both()
    {
        using var tiny = new TinyRun();
        tiny.WithReward();
        string[] plan = ["--run", tiny.Path, "--model", tiny.Model, "--dry-run"];
        CommandRun miniature = CommandRun.Finetune(plan).Succeeded();
        Assert.That(miniature.Output, Does.Contain("48 = 24 of the model + 24 of pre-training").And.Contain(": attentions")
            .And.Contain("400, a checkpoint every 100").And.Not.Contain("gradient checkpointing"));
        Assert.That(miniature.Error, Is.Empty);

        tiny.WithEverydayVocabulary();
        CommandRun paper = CommandRun.Finetune(plan).Succeeded();
        Assert.That(paper.Output, Does.Contain("512 = 256 of the model + 256 of pre-training").And.Match("trained parameters +all ")
            .And.Contain("10000, a checkpoint every 500").And.Contain("gradient checkpointing"));
        Assert.That(paper.Error, Does.Contain("warning: the pre-training images are rendered scenes"));

        File.WriteAllText(tiny["options.json"], """{ "steps": 70, "batchSize": 3, "dtype": "bfloat16" }""");
        CommandRun mine = CommandRun.Finetune(
            [.. plan, "--config", tiny["options.json"], "--batch-size", "4", "--gradient-checkpointing", "false", "--mix", "unlabeled"])
            .Succeeded();
        Assert.That(mine.Output, Does.Contain("70, a checkpoint every 500").And.Contain("4 = 4 of the model + 0 of pre-training")
            .And.Contain("bfloat16").And.Not.Contain("gradient checkpointing"));
        Assert.That(mine.Error, Is.Empty, "no scene is rendered");
    }

    [Test]
    public void An_adaptation_is_trained_on_shards_and_written_in_both_forms_beside_the_merged_unet()
    {
        using var tiny = new TinyRun();
        tiny.WithReward();
        using (var writer = new TarWriter(File.Create(tiny["00000.tar"]), TarEntryFormat.Ustar))
        {
            for (int i = 0; i < 3; i++)
            {
                Add(writer, $"00000000{i}.png", Noise(i));
                Add(writer, $"00000000{i}.txt", Encoding.UTF8.GetBytes($"A star {i}"));
                Add(writer, $"00000000{i}.json", Encoding.UTF8.GetBytes($$"""{"aesthetic_score": {{6 + i}} }"""));
            }
            Add(writer, "bad.png", [1, 2, 3]);
            Add(writer, "bad.txt", "bad"u8.ToArray());
        }
        CommandRun run = CommandRun.Finetune(tiny.FinetuneArguments(
            4, "--pretraining", tiny["00000.tar"], "--lora-rank", "2", "--min-snr-gamma", "5", "--dtype", "bfloat16",
            "--learning-rate-decay", "constant", "--validation-prompts", "A red star", "A blue cat", "--validation-steps", "2",
            "--json")).Succeeded();
        Assert.That(run.Error,
            Does.Contain("kept 2").And.Contain("1 pre-training image could not be used").And.Contain("low-rank adaptation (rank 2)"));
        string lora = run.Json.GetProperty("lora").GetString()!;
        using SafetensorsFile diffusers = SafetensorsFile.Open(Path.Combine(lora, "pytorch_lora_weights.safetensors")),
            kohya = SafetensorsFile.Open(Path.Combine(lora, "kohya.safetensors"));
        Assert.That(diffusers.Tensors[0].Name,
            Is.EqualTo("unet.down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q.lora_A.weight"));
        Assert.That(kohya.Tensors[0].Name,
            Is.EqualTo("lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn1_to_q.lora_down.weight"));
        Assert.That(kohya.Metadata["ss_network_dim"], Is.EqualTo("2"));
        Assert.That(File.Exists(tiny.In("finetuned", "unet", "diffusion_pytorch_model.safetensors")));
        string events = Encoding.Latin1.GetString(File.ReadAllBytes(Directory.GetFiles(tiny.In("events", "finetune-full")).Single()));
        Assert.That(events.Split("validation/A blue cat"), Has.Length.EqualTo(3));      // steps 2 and 4
    }

    [Test]
    public void A_chosen_micro_batch_is_that_of_the_checkpoint_when_training_goes_on()
    {
        using var tiny = new TinyRun();
        tiny.WithReward();
        string[] arguments = tiny.FinetuneArguments(4, "--checkpoint-steps", "2");
        CommandRun.Finetune([.. arguments, "--micro-batch-size", "3"]).Succeeded();
        string[] open = [.. arguments, "--micro-batch-size", "0", "--json"];
        Assert.That(MicroBatch([.. open, "--dry-run"]), Is.EqualTo(4), "all four images of an update fit");
        Assert.That(MicroBatch([.. open, "--resume", "--dry-run"]), Is.EqualTo(3));
        CommandRun.Finetune([.. open, "--resume"]).Succeeded();

        static int MicroBatch(string[] arguments) =>
            CommandRun.Finetune(arguments).Succeeded().Json.GetProperty("microBatchSize").GetInt32();
    }

    [Test]
    public void What_cannot_be_is_refused_in_a_sentence()
    {
        using var tiny = new TinyRun();
        tiny.WithReward();
        CommandRun.Finetune(tiny.FinetuneArguments(2, "--lora-rank", "2", "--lora-targets", "to_z")).Failed(2, "to_z");
        CommandRun.Finetune(tiny.FinetuneArguments(2, "--pretraining", tiny["no.tar"])).Failed(2, "no.tar", "no such file");
        CommandRun.Finetune(tiny.FinetuneArguments(2, "--min-snr-gamma", "-1")).Failed(2, "min-SNR");
        CommandRun.Finetune(tiny.FinetuneArguments(2, "--min-timestep", "-1")).Failed(2, "smallest timestep", "0 or more");
        CommandRun.Finetune(tiny.FinetuneArguments(2, "--min-timestep", "1000"))
            .Failed(2, "smallest timestep", "less than the model's 1000");
    }

    static void Add(TarWriter writer, string name, byte[] content) =>
        writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });

    static byte[] Noise(int seed)
    {
        byte[] pixels = new byte[80 * 64 * 3];
        new Random(seed).NextBytes(pixels);
        return Png.Encode(new Image(80, 64, 3, pixels));
    }
}
