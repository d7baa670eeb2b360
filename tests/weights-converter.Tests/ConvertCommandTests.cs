using System.Diagnostics;
using System.Text.Json;
using AlignT2I.Align.Tests;
using AlignT2I.Files.Tests;
using AlignT2I.Testing;

namespace AlignT2I.WeightsConverter.Tests;

internal sealed class ConvertCommandTests
{
    const string UNet = "model.diffusion_model.";

    TempFolder folder = null!;

    [SetUp]
    public void Make() => folder = new TempFolder();

    [TearDown]
    public void Remove() => folder.Dispose();

    static string Ldm => Golden.Path("checkpoints/ldm-pruned-fp16");

    static string Diffusers => Path.GetDirectoryName(Golden.Path("checkpoints/diffusers-safetensors-fp32/model_index.json"))!;

    [Test]
    public void The_plan_the_progress_and_the_result_are_printed()
    {
        string output = CommandRun.WeightsConverter("convert", Ldm, folder["out"], "--config", Diffusers).Succeeded().Output;
        Assert.That(output, Does.Contain("LDM single file").And.Contain("unet").And.Contain("208 tensors").And.Contain("no tokenizer"));
        Assert.That(output, Does.Contain("MB 1/1").And.Contain("797,030 bytes of tensors"));
    }

    [Test]
    public void Json_has_the_result_alone_on_standard_output()
    {
        JsonElement result = CommandRun.WeightsConverter(
            "convert", Ldm, folder["out"], "--config", Diffusers, "--dtype", "float32", "--json").Succeeded().Json;
        Assert.That(result.GetProperty("output").GetString(), Is.EqualTo(folder["out"]));
        Assert.That(result.GetProperty("bytes").GetInt64(), Is.EqualTo(4 * 398_515));
    }

    [Test]
    public void The_tokenizer_of_an_option_goes_into_the_folder()
    {
        string tokenizer = Path.Combine(Golden.Root, "models", "miniature", "tokenizer");
        CommandRun.WeightsConverter("convert", Ldm, folder["big"], "--config", Diffusers, "--tokenizer", tokenizer)
            .Failed(2, "631 tokens", "512");
        Assert.That(Directory.Exists(folder["big"]), Is.False);
        string miniature = Path.Combine(Golden.Root, "models", "miniature");
        Assert.That(CommandRun.WeightsConverter("convert", miniature, folder["out"]).Succeeded().Output,
            Does.Contain("left out: feature_extractor, image_encoder").And.Contain("text_projection.weight is written to a folder only"));
        Assert.That(File.Exists(Path.Combine(folder["out"], "tokenizer", "vocab.json")));
        using var model = AlignT2I.Models.Pipelines.StableDiffusionModel.Load(folder["out"]);
        Assert.That(model.Tokenizer.VocabularySize, Is.EqualTo(631));
    }

    [Test]
    public void What_is_there_is_replaced_only_when_told()
    {
        CommandRun.WeightsConverter("convert", Diffusers, folder["out"]).Succeeded();
        CommandRun.WeightsConverter("convert", Diffusers, folder["out"]).Failed(2, "out", "there already", "--force");
        CommandRun.WeightsConverter("convert", Diffusers, folder["out"], "--force").Succeeded();
        Directory.CreateDirectory(folder["thesis"]);
        File.WriteAllText(Path.Combine(folder["thesis"], "thesis.txt"), "");
        CommandRun.WeightsConverter("convert", Diffusers, folder["thesis"], "--force").Failed(2, "without a model");
        Assert.That(File.Exists(Path.Combine(folder["thesis"], "thesis.txt")));
        CommandRun.WeightsConverter("convert", folder["out"], folder["out"], "--force").Failed(2, "what is read");
        CommandRun.WeightsConverter("convert", Diffusers, folder["out.ckpt"])
            .Failed(2, "pickles are read and not written", ".safetensors");
    }

    [Test]
    public void A_failure_leaves_the_old_output_as_it_was()
    {
        string damaged = Without(Path.Combine(Diffusers, "unet"), "conv_in.weight");
        CommandRun.WeightsConverter("convert", Diffusers, folder["out"]).Succeeded();
        DateTime before = Directory.GetLastWriteTimeUtc(folder["out"]);
        CommandRun.WeightsConverter("convert", damaged, folder["out"], "--force").Failed(2, "'conv_in.weight'", "missing", "verify");
        Assert.That(Directory.GetLastWriteTimeUtc(folder["out"]), Is.EqualTo(before));
    }

    static readonly (string Words, (string Name, long[] Shape)[] Tensors)[] others =
    [
        ("Stable Diffusion XL", [(UNet + "input_blocks.0.0.weight", [320, 4, 3, 3]), ("conditioner.embedders.0.transformer.x", [1])]),
        ("Stable Diffusion XL", [(UNet + "label_emb.0.0.weight", [1])]),
        ("Stable Diffusion 2", [(UNet + "input_blocks.0.0.weight", [320, 4, 3, 3]), ("cond_stage_model.model.positional_embedding", [1])]),
        ("inpainting model", [(UNet + "input_blocks.0.0.weight", [320, 9, 3, 3]),
            (UNet + "input_blocks.1.0.out_layers.3.weight", [320, 320, 3, 3])]),
        ("InstructPix2Pix", [(UNet + "input_blocks.0.0.weight", [320, 8, 3, 3]),
            (UNet + "input_blocks.1.0.out_layers.3.weight", [320, 320, 3, 3])]),
        ("ControlNet", [("control_model.time_embed.0.weight", [1])]),
        ("no model that this program knows", [("something.else", [2, 3])]),
    ];

    [TestCaseSource(nameof(others))]
    public void A_model_of_another_family_is_refused_by_name((string Words, (string Name, long[] Shape)[] Tensors) other)
    {
        string file = SmallFile.Write(folder["other.safetensors"], other.Tensors);
        CommandRun.WeightsConverter("convert", file, folder["out"]).Failed(2, "other.safetensors", other.Words);
    }

    [TestCase("StableDiffusionXLPipeline", "Stable Diffusion XL")]
    [TestCase("StableDiffusionInpaintPipeline", "inpainting")]
    [TestCase("FluxPipeline", "FluxPipeline")]
    public void A_folder_of_another_pipeline_is_refused_by_name(string pipeline, string words)
    {
        File.WriteAllText(folder["model_index.json"], $$"""{"_class_name": "{{pipeline}}"}""");
        CommandRun.WeightsConverter("convert", folder.Path, folder["out"]).Failed(2, words);
    }

    [Test]
    public void A_UNet_of_version_2_is_refused_by_name()
    {
        CommandRun.WeightsConverter("convert", Diffusers, folder["out"]).Succeeded();
        string config = Path.Combine(folder["out"], "unet", "config.json");
        File.WriteAllText(config, File.ReadAllText(config)
            .Replace("\"cross_attention_dim\": 24", "\"cross_attention_dim\": 1024", StringComparison.Ordinal));
        CommandRun.WeightsConverter("convert", folder["out"], folder["next"]).Failed(2, "Stable Diffusion 2");
    }

    [Test]
    public void A_hundred_thousand_blocks_are_refused_in_seconds()
    {
        string file = SmallFile.Write(folder["deep.safetensors"], Enumerable.Range(1, 50_000).SelectMany(i => new (string, long[])[]
        {
            ($"{UNet}input_blocks.{i}.0.out_layers.3.weight", [1]), ($"first_stage_model.encoder.down.{i}.block.0.conv1.weight", [1]),
        }));
        using Process process = Process.GetCurrentProcess();
        TimeSpan before = process.TotalProcessorTime;
        CommandRun.WeightsConverter("convert", file, folder["out"]).Failed(2, "deep.safetensors");
        process.Refresh();
        Assert.That(process.TotalProcessorTime - before, Is.LessThan(TimeSpan.FromSeconds(3)), "processor time");
    }

    /// <summary>A copy of the recorded folder whose UNet lacks a tensor.</summary>
    string Without(string unet, string tensor)
    {
        CommandRun.WeightsConverter("convert", Path.GetDirectoryName(unet)!, folder["damaged"]).Succeeded();
        string file = Path.Combine(folder["damaged"], "unet", "diffusion_pytorch_model.safetensors");
        SmallFile.Change(
            Path.Combine(unet, "diffusion_pytorch_model.safetensors"), file,
            (entry, values) => entry.Name == tensor ? null : (entry, values));
        return folder["damaged"];
    }
}
