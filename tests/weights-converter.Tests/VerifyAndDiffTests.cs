using System.Text.Json;
using AlignT2I.Align.Tests;
using AlignT2I.Files;
using AlignT2I.Files.Tests;
using AlignT2I.Testing;

namespace AlignT2I.WeightsConverter.Tests;

/// <summary>What <c>verify</c> and <c>diff</c> say of models with one thing wrong.</summary>
internal sealed class VerifyAndDiffTests
{
    TempFolder folder = null!;

    [SetUp]
    public void Make() => folder = new TempFolder();

    [TearDown]
    public void Remove() => folder.Dispose();

    static string Diffusers => Path.GetDirectoryName(Golden.Path("checkpoints/diffusers-safetensors-fp32/model_index.json"))!;

    static string Ldm => Golden.Path("checkpoints/ldm-pruned-fp16");

    [Test]
    public void A_whole_model_verifies_with_0()
    {
        Assert.That(CommandRun.WeightsConverter("verify", Diffusers).Succeeded().Output, Does.Contain("368 tensors")
            .And.Contain("all as the model needs them"));
        Assert.That(CommandRun.WeightsConverter("verify", Ldm, "--config", Diffusers).Succeeded().Output, Does.Contain("LDM single file"));
        CommandRun.WeightsConverter("verify", Golden.Path("checkpoints/openai-clip-jit-fp32.pt")).Succeeded();
        CommandRun.WeightsConverter("verify", Golden.Path("checkpoints/lora-fp16")).Succeeded();
        CommandRun.WeightsConverter("verify", Path.Combine(Golden.Root, "models", "miniature")).Succeeded();
    }

    [Test]
    public void Missing_misshapen_and_unexpected_tensors_are_named_each_in_the_words_of_the_file()
    {
        const string missing = "model.diffusion_model.input_blocks.1.1.proj_in.weight",
            misshapen = "first_stage_model.encoder.mid.attn_1.q.weight";
        const string unexpected = "embedding_manager.embedder.weight";
        string damaged = SmallFile.Change(Ldm, folder["damaged.safetensors"], (entry, values) => entry.Name switch
        {
            missing => null,
            misshapen => (entry with { Shape = [32, 32] }, values),
            "model.diffusion_model.out.0.bias" => (entry with { Name = unexpected }, values),
            _ => (entry, values),
        });
        CommandRun run = CommandRun.WeightsConverter("verify", damaged, "--config", Diffusers);
        Assert.That(run.ExitCode, Is.EqualTo(1), run.Error);
        Assert.That(run.Output, Does.Contain($"unet: '{missing}' of shape [16, 16, 1, 1] is missing"));
        Assert.That(run.Output, Does.Contain($"vae: '{misshapen}' has shape [32, 32], the model needs [32, 32, 1, 1]"));
        Assert.That(run.Output, Does.Contain($"'{unexpected}' of shape [16] is not part of the model"));
        Assert.That(run.Output, Does.Contain("2 missing, 1 misshapen, 1 unexpected"));

        JsonElement json = CommandRun.WeightsConverter("verify", damaged, "--config", Diffusers, "--json").Json;
        Assert.That(json.GetProperty("kind").GetString(), Is.EqualTo("ldmCheckpoint"));
        Assert.That(json.GetProperty("problems").EnumerateArray().Select(p => p.GetProperty("kind").GetString()),
            Is.EquivalentTo(new[] { "missing", "missing", "misshapen", "unexpected" }));
    }

    [Test]
    public void A_single_file_and_a_folder_of_one_model_are_identical()
    {
        CommandRun.WeightsConverter("convert", Ldm, folder["out"], "--config", Diffusers).Succeeded();
        Assert.That(CommandRun.WeightsConverter("diff", Ldm, folder["out"], "--config", Diffusers).Succeeded().Output,
            Does.Contain("368 tensors are identical, 0 differ"));
    }

    [Test]
    public void What_differs_is_named_with_the_largest_difference()
    {
        string file = Path.Combine(Diffusers, "unet", "diffusion_pytorch_model.safetensors");
        string other = SmallFile.Change(file, folder["other.safetensors"], (entry, values) =>
        {
            if (entry.Name == "conv_out.bias")
                BitConverter.TryWriteBytes(values.AsSpan(4), BitConverter.ToSingle(values, 4) + 0.5f);
            return entry.Name switch
            {
                "conv_in.bias" => null,
                "conv_norm_out.bias" => (entry with { Shape = [1, 16] }, values),
                "conv_norm_out.weight" => (entry with { DType = SafetensorsDType.Float16 }, values[..32]),
                "time_embedding.linear_1.bias" => (entry with { Name = "new.bias" }, values),
                _ => (entry, values),
            };
        });
        CommandRun run = CommandRun.WeightsConverter("diff", file, other, "--raw");
        Assert.That(run.ExitCode, Is.EqualTo(1), run.Error);
        Assert.That(run.Output, Does.Contain("conv_in.bias: only in A: F32 [16]").And.Contain("new.bias: only in B: F32 [64]"));
        Assert.That(run.Output, Does.Contain("conv_norm_out.bias: shape [16] and [1, 16]")
            .And.Contain("conv_norm_out.weight: F32 and F16, max abs"));
        Assert.That(run.Output, Does.Match(@"conv_out\.bias: F32, max abs 5e-01").And.Contain("203 tensors are identical, 6 differ"));
        JsonElement json = CommandRun.WeightsConverter("diff", file, other, "--raw", "--json").Json;
        Assert.That(json.GetProperty("different").GetInt32(), Is.EqualTo(6));
        Assert.That(json.GetProperty("tensors").EnumerateArray().Single(t => t.GetProperty("name").GetString() == "conv_out.bias")
            .GetProperty("maxAbs").GetDouble(),
            Is.EqualTo(0.5).Within(1e-6));
    }

    [Test]
    public void Half_precision_differs_from_single_by_its_rounding()
    {
        string half = Path.GetDirectoryName(Golden.Path("checkpoints/diffusers-safetensors-fp16/model_index.json"))!;
        CommandRun run = CommandRun.WeightsConverter("diff", Diffusers, half);
        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Output, Does.Contain("unet.conv_in.weight: F32 and F16, max abs")
            .And.Contain("0 tensors are identical, 368 differ"));
    }
}
