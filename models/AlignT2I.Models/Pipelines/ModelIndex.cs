using System.Text.Json.Serialization;

namespace AlignT2I.Models.Pipelines;

/// <summary>The keys of <c>model_index.json</c> that diffusers reads: which library and class each folder is for.</summary>
internal sealed record ModelIndex
{
    public const string Pipeline = "StableDiffusionPipeline";

    [JsonPropertyName("_class_name")]
    public string? ClassName { get; set; }

    [JsonPropertyName("_diffusers_version")]
    public string DiffusersVersion { get; set; } = "0.6.0";

    public string?[] Scheduler { get; set; } = ["diffusers", "PNDMScheduler"];

    public string?[] TextEncoder { get; set; } = ["transformers", "CLIPTextModel"];

    public string?[] Tokenizer { get; set; } = ["transformers", "CLIPTokenizer"];

    [JsonPropertyName("unet")]
    public string?[] UNet { get; set; } = ["diffusers", "UNet2DConditionModel"];

    public string?[] Vae { get; set; } = ["diffusers", "AutoencoderKL"];
}
