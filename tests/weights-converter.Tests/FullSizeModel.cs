using System.Runtime.InteropServices;
using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Clip;
using AlignT2I.Models.Parity;
using AlignT2I.Models.Schedulers;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.WeightsConverter.Tests;

/// <summary>A diffusers folder of the size of Stable Diffusion v1.5, synthetic weights in float16: 2.1 GB.</summary>
internal static class FullSizeModel
{
    static readonly SyntheticWeights weights = new(SyntheticVariant.V1, Seed: 15);

    /// <summary>Writes the folder, tensor by tensor.</summary>
    public static void Write(string folder)
    {
        UNet2DConditionConfig unet = new();
        AutoencoderKLConfig vae = new();
        ClipTextConfig text = new();
        unet.Write(Path.Combine(Part(folder, "unet"), "config.json"));
        vae.Write(Path.Combine(Part(folder, "vae"), "config.json"));
        text.Write(Path.Combine(Part(folder, "text_encoder"), "config.json"));
        new SchedulerConfig().Write(Path.Combine(Part(folder, "scheduler"), "scheduler_config.json"));
        File.WriteAllText(Path.Combine(folder, "model_index.json"), """{"_class_name": "StableDiffusionPipeline"}""");
        Write(Path.Combine(folder, "unet", "diffusion_pytorch_model.safetensors"), p => _ = new UNet2DCondition(p, unet));
        Write(Path.Combine(folder, "vae", "diffusion_pytorch_model.safetensors"), p => _ = new AutoencoderKL(p, vae));
        Write(Path.Combine(folder, "text_encoder", "model.safetensors"), p => _ = new ClipTextModel(p, text));
    }

    static void Write(string path, Action<ParameterBuilder> build)
    {
        IReadOnlyList<(string Name, Shape FileShape)> outline = ParameterOutline.Of(build);
        using SafetensorsWriter writer = SafetensorsWriter.Create(
            path, outline.Select(p => new SafetensorsEntry(p.Name, SafetensorsDType.Float16, [.. p.FileShape.Select(d => (long)d)])),
            new Dictionary<string, string> { ["format"] = "pt" });
        foreach ((string name, Shape shape) in outline)
        {
            float[] values = weights.Values(name, shape.ToArray());
            var halves = new Half[values.Length];
            System.Numerics.Tensors.TensorPrimitives.ConvertToHalf(values, halves);
            writer.Write(name, MemoryMarshal.AsBytes(halves.AsSpan()));
        }
        writer.Commit();
    }

    static string Part(string folder, string name) => Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
}
