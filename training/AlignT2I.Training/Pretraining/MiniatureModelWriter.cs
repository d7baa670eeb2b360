using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Clip;
using AlignT2I.Models.Schedulers;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Training.Pretraining;

/// <summary>Writes the parts of the miniature as a diffusers folder, weights in float16.</summary>
internal sealed class MiniatureModelWriter
{
    const string DiffusersWeights = "diffusion_pytorch_model.safetensors", TransformersWeights = "model.safetensors";

    const string ModelIndex = """
        {
          "_class_name": "StableDiffusionPipeline",
          "feature_extractor": ["transformers", "CLIPImageProcessor"],
          "image_encoder": ["transformers", "CLIPVisionModelWithProjection"],
          "scheduler": ["diffusers", "DDIMScheduler"],
          "text_encoder": ["transformers", "CLIPTextModelWithProjection"],
          "tokenizer": ["transformers", "CLIPTokenizer"],
          "unet": ["diffusers", "UNet2DConditionModel"],
          "vae": ["diffusers", "AutoencoderKL"]
        }

        """;

    // What transformers and diffusers look for before they read a safetensors file.
    static readonly Dictionary<string, string> format = new() { ["format"] = "pt" };

    static readonly string[] frozen = ["tokenizer", "text_encoder", "image_encoder", "feature_extractor", "vae"];

    readonly string folder;

    public MiniatureModelWriter(string folder)
    {
        this.folder = folder;
        Directory.CreateDirectory(folder);
        AtomicFile.WriteAllText(Path.Combine(folder, "model_index.json"), ModelIndex);
    }

    public void WriteTokenizer(ClipTokenizer tokenizer) => tokenizer.Save(Part("tokenizer"));

    public void WriteScheduler(SchedulerConfig config) => config.Write(Path.Combine(Part("scheduler"), "scheduler_config.json"));

    /// <summary>Checks that a folder has the parts of a miniature.</summary>
    /// <exception cref="UsageException">One of them is not there.</exception>
    public static void Require(string model)
    {
        foreach (string source in frozen.Append("unet").Select(part => Path.Combine(model, part)))
        {
            if (!Directory.Exists(source))
                throw new UsageException($"{source}: there is no such folder; expected a miniature, as 'align pretrain' makes it.");
        }
    }

    /// <summary>Takes over the parts of another miniature that are not trained with the UNet.</summary>
    public void CopyFrozen(string model)
    {
        foreach (string part in frozen)
        {
            foreach (string file in Directory.EnumerateFiles(Path.Combine(model, part)))
                AtomicFile.WriteAllBytes(Path.Combine(Part(part), Path.GetFileName(file)), InputFile.ReadAllBytes(file, int.MaxValue));
        }
    }

    public void WriteVae(AutoencoderKLConfig config, ParameterStore parameters)
    {
        config.Write(Path.Combine(Part("vae"), "config.json"));
        ParameterFile.Save(Path.Combine(folder, "vae", DiffusersWeights), parameters.Parameters, DType.F16, format);
    }

    public void WriteUNet(UNet2DConditionConfig config, ParameterStore parameters)
    {
        config.Write(Path.Combine(Part("unet"), "config.json"));
        ParameterFile.Save(Path.Combine(folder, "unet", DiffusersWeights), parameters.Parameters, DType.F16, format);
    }

    public void WriteClip(ClipConfig config, ParameterStore parameters)
    {
        config.TextConfig.Write(Path.Combine(Part("text_encoder"), "config.json"));
        ParameterFile.Save(Path.Combine(folder, "text_encoder", TransformersWeights), Named(parameters, "text_"), DType.F16, format);
        config.VisionConfig.Write(Path.Combine(Part("image_encoder"), "config.json"));
        new ClipImageProcessorConfig { ImageMean = [0.5, 0.5, 0.5], ImageStd = [0.5, 0.5, 0.5] }
            .Write(Path.Combine(Part("feature_extractor"), "preprocessor_config.json"));
        IEnumerable<Parameter> vision = Named(parameters, "vision_", "visual_");
        ParameterFile.Save(Path.Combine(folder, "image_encoder", TransformersWeights), vision, DType.F16, format);
    }

    static IEnumerable<Parameter> Named(ParameterStore parameters, params string[] prefixes) =>
        parameters.Parameters.Where(p => prefixes.Any(prefix => p.Name.StartsWith(prefix, StringComparison.Ordinal)));

    string Part(string name)
    {
        string part = Path.Combine(folder, name);
        Directory.CreateDirectory(part);
        return part;
    }
}
