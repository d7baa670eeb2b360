using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Clip;
using AlignT2I.Models.Parity;
using AlignT2I.Models.StableDiffusion;
using AlignT2I.Testing;

namespace AlignT2I.WeightsConverter.Tests;

/// <summary>Runs a converted model on the inputs of a recording and holds the results against it.</summary>
internal sealed class RecordedForward(string caseName) : IDisposable
{
    const double Limit = 1e-5;      // the recordings' README, section 5

    readonly ParityCase recorded = ParityCase.Read(Checkpoints.File(caseName));
    readonly MemoryScope scope = MemoryScope.Open();

    /// <summary>The UNet of a diffusers folder gives the recorded noise prediction.</summary>
    public void CheckUNet(string folder, string output)
    {
        using SafetensorsSet weights = SafetensorsSet.Open(Path.Combine(folder, "unet"), "diffusion_pytorch_model.safetensors");
        using var store = new ParameterStore(new SafetensorsParameters(weights));
        var unet = new UNet2DCondition(store.Root, UNet2DConditionConfig.Read(Path.Combine(folder, "unet", "config.json")));
        store.Finish();
        Check(output, unet.Call(Image("input.sample"), Tensor("input.timestep"), Tensor("input.encoder_hidden_states")));
    }

    /// <summary>The autoencoder of a diffusers folder gives the recorded image.</summary>
    public void CheckVae(string folder, string output)
    {
        using SafetensorsSet weights = SafetensorsSet.Open(Path.Combine(folder, "vae"), "diffusion_pytorch_model.safetensors");
        using var store = new ParameterStore(new SafetensorsParameters(weights));
        var vae = new AutoencoderKL(store.Root, AutoencoderKLConfig.Read(Path.Combine(folder, "vae", "config.json")));
        store.Finish();
        Check(output, vae.Decoder.Call(Image("input.latent")));
    }

    /// <summary>The text encoder of a diffusers folder gives the recorded states.</summary>
    public void CheckText(string folder, string output)
    {
        using SafetensorsSet weights = SafetensorsSet.Open(Path.Combine(folder, "text_encoder"), "model.safetensors");
        using var store = new ParameterStore(new SafetensorsParameters(weights));
        var text = new ClipTextModel(store.Root, ClipTextConfig.Read(Path.Combine(folder, "text_encoder", "config.json")));
        store.Finish();
        Check(output, text.Call(Ids("input.input_ids")));
    }

    /// <summary>CLIP of a transformers folder gives the recorded embeddings and similarities.</summary>
    public void CheckClip(string folder)
    {
        using SafetensorsSet weights = SafetensorsSet.Open(folder, "model.safetensors");
        using var store = new ParameterStore(new SafetensorsParameters(weights));
        var clip = new ClipModel(store.Root, ClipConfig.Read(Path.Combine(folder, "config.json")));
        store.Finish();
        Check("output.text_embeds", clip.TextEmbeds(Ids("input.text")));
        Check("output.image_embeds", clip.ImageEmbeds(Image("input.image")));
        Check("output.logits_per_image", clip.Call(Image("input.image"), Ids("input.text")));
    }

    /// <summary>A tensor of a safetensors file is the recorded one, each element to one rounding of float32.</summary>
    public void CheckWeight(SafetensorsFile file, string name, string output)
    {
        float[] found = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(file.GetBytes(name)).ToArray();
        double[] expected = recorded.Values(output);
        Assert.That(found, Has.Length.EqualTo(expected.Length), name);
        for (int i = 0; i < found.Length; i++)
            Assert.That(Math.Abs(found[i] - expected[i]),
                Is.LessThanOrEqualTo(MathF.BitIncrement(MathF.Abs(found[i])) - MathF.Abs(found[i])), name);
    }

    public IEnumerable<string> Names => recorded.Names;

    public void Dispose()
    {
        scope.Dispose();
        recorded.Dispose();
    }

    void Check(string output, Tensor found)
    {
        Tensor expected = recorded.ShapeOf(output).Rank == 4 ? Image(output) : Tensor(output);
        TensorAssert.Close(found, expected, Limit, output);
    }

    Tensor Tensor(string name) => Engine.Tensor.From(Array.ConvertAll(recorded.Values(name), v => (float)v), recorded.ShapeOf(name));

    Tensor Ids(string name) => Engine.Tensor.From(Array.ConvertAll(recorded.Values(name), v => (int)v), recorded.ShapeOf(name));

    /// <summary>[N, C, H, W] in the recording, [N, H, W, C] in the engine.</summary>
    Tensor Image(string name)
    {
        Shape shape = recorded.ShapeOf(name);
        double[] values = recorded.Values(name);
        int n = shape[0], c = shape[1], pixels = shape[2] * shape[3];
        float[] last = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
            last[(i / (c * pixels) * pixels + i % pixels) * c + i / pixels % c] = (float)values[i];
        return Engine.Tensor.From(last, [n, shape[2], shape[3], c]);
    }
}
