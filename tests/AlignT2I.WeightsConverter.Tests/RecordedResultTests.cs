using AlignT2I.Files.Tests;
using AlignT2I.WeightsConverter.Loading;

namespace AlignT2I.WeightsConverter.Tests;

/// <summary>Converted models compute what the reference computed with the original file.</summary>
internal sealed class RecordedResultTests
{
    TempFolder folder = null!;

    [SetUp]
    public void Make() => folder = new TempFolder();

    [TearDown]
    public void Remove() => folder.Dispose();

    [TestCase("ldm-legacy.ckpt", WeightsChoice.Auto, "output.unet", "")]
    [TestCase("ldm-full-ema.ckpt", WeightsChoice.Live, "output.unet", "")]
    [TestCase("ldm-full-ema.ckpt", WeightsChoice.Auto, "output.unet_ema", "")]
    [TestCase("ldm-pruned-fp16.ckpt", WeightsChoice.Auto, "output.unet_fp16weights", "_fp16weights")]
    [TestCase("ldm-pruned-fp16.safetensors", WeightsChoice.Auto, "output.unet_fp16weights", "_fp16weights")]
    public void Of_a_single_file(string source, WeightsChoice weights, string unet, string suffix)
    {
        Checkpoints.Convert(Checkpoints.File(source), folder["out"], Checkpoints.Tiny with { Weights = weights });
        Check(unet, suffix);
    }

    [TestCase("diffusers-safetensors-fp32", "")]
    [TestCase("diffusers-safetensors-fp16", "_fp16weights")]
    [TestCase("diffusers-bin-fp16-oldnames", "_fp16weights")]
    public void Of_a_folder(string source, string suffix)
    {
        Checkpoints.Convert(Checkpoints.Folder(source), folder["out"]);
        Check("output.unet" + suffix, suffix);
    }

    [TestCase("openai-clip-jit-fp32.pt")]
    [TestCase("openai-clip-statedict.pt")]
    public void Of_an_archive_of_OpenAI(string source)
    {
        Checkpoints.Convert(Checkpoints.File(source), folder["out"]);
        using var recorded = new RecordedForward("openai-clip-forward.safetensors");
        recorded.CheckClip(folder["out"]);
    }

    void Check(string unet, string suffix)
    {
        using var recorded = new RecordedForward("forward.safetensors");
        recorded.CheckUNet(folder["out"], unet);
        recorded.CheckVae(folder["out"], "output.vae_decode" + suffix);
        recorded.CheckText(folder["out"], "output.last_hidden_state" + suffix);
    }
}
