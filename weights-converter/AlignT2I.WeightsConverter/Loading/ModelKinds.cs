using AlignT2I.Files;
using AlignT2I.WeightsConverter.Names;

namespace AlignT2I.WeightsConverter.Loading;

/// <summary>Tells by the names of its tensors what a file is, and refuses by name the models that are not supported.</summary>
public static class ModelKinds
{
    /// <summary>Names that only files of other models have, and which those are.</summary>
    static readonly (string Mark, string Model)[] others =
    [
        ("conditioner.embedders.", "Stable Diffusion XL"), ("model.diffusion_model.label_emb.", "Stable Diffusion XL"),
        ("lora_te1_", "a LoRA for Stable Diffusion XL"), ("lora_te2_", "a LoRA for Stable Diffusion XL"),
        ("text_encoder_2.", "a LoRA for Stable Diffusion XL"),
        ("cond_stage_model.model.", "Stable Diffusion 2 (its text encoder is an OpenCLIP model)"),
        ("model.diffusion_model.joint_blocks.", "Stable Diffusion 3"), ("model.diffusion_model.double_blocks.", "FLUX"),
        ("double_blocks.", "FLUX"), ("transformer.single_transformer_blocks.", "a LoRA for FLUX"), ("control_model.", "a ControlNet"),
        ("string_to_param", "a textual inversion"),
    ];

    /// <summary>Ends of names that only other kinds of adaptation have.</summary>
    static readonly (string Mark, string Model)[] otherLoras =
    [
        (".hada_w1_a", "a LoHa (LyCORIS)"), (".lokr_w1", "a LoKr (LyCORIS)"), (".lokr_w1_a", "a LoKr (LyCORIS)"),
        (".lora_mid.weight", "a LoCon with Tucker decomposition (LyCORIS)"), (".dora_scale", "a DoRA"),
    ];

    /// <summary>The kind, as people say it.</summary>
    /// <param name="kind">The kind.</param>
    public static string Text(this ModelKind kind) => kind switch
    {
        ModelKind.DiffusersFolder => "Stable Diffusion v1, diffusers folder",
        ModelKind.LdmCheckpoint => "Stable Diffusion v1, LDM single file",
        ModelKind.OpenAiClip => "CLIP, OpenAI's names",
        ModelKind.TransformersClip => "CLIP, transformers folder",
        ModelKind.FidInception => "FID Inception",
        ModelKind.AestheticPredictor => "aesthetic predictor",
        ModelKind.KohyaLora => "LoRA, kohya's names",
        ModelKind.DiffusersLora => "LoRA, diffusers names",
        _ => "tensors of another model",
    };

    /// <summary>
    /// What a file looks like by the names of its tensors, supported or not, as people say it; null where they say nothing.
    /// </summary>
    /// <param name="names">The names.</param>
    public static string? Describe(IReadOnlyCollection<string> names) => Foreign(names) ?? (Of(names) is { } kind ? kind.Text() : null);

    /// <summary>What the file is; null where its names say nothing.</summary>
    /// <exception cref="FileFormatException">It is of a model that is not supported; the message says which.</exception>
    internal static ModelKind? Of(TensorTable table)
        => Foreign(table.Names) is { } model ? throw Unsupported(table.Path, model) : Of(table.Names);

    /// <summary>The model that is not supported and whose names these are; null for any other.</summary>
    static string? Foreign(IReadOnlyCollection<string> names)
        => others.FirstOrDefault(o => HasPrefix(names, o.Mark)).Model
            ?? otherLoras.FirstOrDefault(o => names.Any(n => n.EndsWith(o.Mark, StringComparison.Ordinal))).Model;

    static ModelKind? Of(IReadOnlyCollection<string> names) => names switch
    {
        _ when HasPrefix(names, LdmNames.UNetPrefix) => ModelKind.LdmCheckpoint,
        _ when HasPrefix(names, "visual.transformer.") && HasPrefix(names, "transformer.resblocks.") => ModelKind.OpenAiClip,
        _ when HasPrefix(names, "vision_model.encoder.") && HasPrefix(names, "text_model.encoder.") => ModelKind.TransformersClip,
        _ when HasPrefix(names, "Mixed_7c.") => ModelKind.FidInception,
        _ when HasPrefix(names, "layers.7.") || names.Order().SequenceEqual(["bias", "weight"]) => ModelKind.AestheticPredictor,
        _ when HasPrefix(names, "lora_unet_") || HasPrefix(names, "lora_te_") => ModelKind.KohyaLora,
        _ when names.Any(n => n.Contains("lora", StringComparison.Ordinal)) => ModelKind.DiffusersLora,
        _ => null,
    };

    static bool HasPrefix(IReadOnlyCollection<string> names, string prefix) =>
        names.Any(n => n.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>The error for a model that is not supported.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">What it is.</param>
    internal static FileFormatException Unsupported(string path, string model) =>
        new(path, $"it is {model}; this program knows Stable Diffusion v1 "
        + "(text to image), CLIP, the FID Inception network, aesthetic predictors and LoRAs for Stable Diffusion v1.");

    /// <summary>The error for a UNet that reads more than noisy latents.</summary>
    /// <param name="path">The file.</param>
    /// <param name="inChannels">Channels that the UNet reads.</param>
    internal static FileFormatException OtherInputs(string path, long inChannels) => Unsupported(path, inChannels switch
    {
        9 => "an inpainting model (its UNet reads 9 channels: latents, mask and masked image)",
        8 => "an InstructPix2Pix model (its UNet reads 8 channels)",
        5 => "a depth-to-image model (its UNet reads 5 channels)",
        _ => $"a model whose UNet reads {inChannels} channels instead of 4",
    });
}
