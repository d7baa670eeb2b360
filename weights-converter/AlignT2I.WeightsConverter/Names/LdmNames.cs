using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.WeightsConverter.Names;

/// <summary>Names in single-file checkpoints of the latent diffusion code, which A1111 and ComfyUI load.</summary>
/// <remarks>CompVis/stable-diffusion: ldm/modules/diffusionmodules/openaimodel.py and model.py.</remarks>
internal static class LdmNames
{
    public const string UNetPrefix = "model.diffusion_model.", VaePrefix = "first_stage_model.";
    public const string TextPrefix = "cond_stage_model.transformer.", EmaPrefix = "model_ema.";

    /// <summary>Constant that the text encoder of LDM keeps among its weights.</summary>
    public const string PositionIds = TextPrefix + "text_model.embeddings.position_ids";

    static readonly (string, string)[] unetResnet =
    [
        ("norm1", "in_layers.0"), ("conv1", "in_layers.2"), ("time_emb_proj", "emb_layers.1"),
        ("norm2", "out_layers.0"), ("conv2", "out_layers.3"), ("conv_shortcut", "skip_connection"),
    ];

    static readonly (string, string)[] vaeResnet = [("conv_shortcut", "nin_shortcut")];

    static readonly (string, string)[] vaeAttention =
        [("group_norm", "norm"), ("to_q", "q"), ("to_k", "k"), ("to_v", "v"), ("to_out.0", "proj_out")];

    /// <summary>The UNet's names, which count blocks through all resolutions.</summary>
    public static Naming UNet(UNet2DConditionConfig config)
    {
        ModulePaths paths = UNetPaths(config);
        return (name, shape) => new Place(UNetPrefix + paths.Rename(name), shape);
    }

    /// <summary>The UNet's running average: the names without dots.</summary>
    public static Naming UNetEma(UNet2DConditionConfig config)
    {
        ModulePaths paths = UNetPaths(config);
        return (name, shape) => new Place(Ema(UNetPrefix + paths.Rename(name)), shape);
    }

    /// <summary>The autoencoder's names; its attention consists of 1x1 convolutions.</summary>
    public static Naming Vae(AutoencoderKLConfig config)
    {
        ModulePaths paths = VaePaths(config);
        return (name, shape) =>
        {
            bool projection = name.Contains(".attentions.", StringComparison.Ordinal) && shape.Count == 2;
            return new Place(VaePrefix + paths.Rename(name), projection ? [.. shape, 1, 1] : shape);
        };
    }

    /// <summary>The text encoder's names: those of transformers.</summary>
    public static Place Text(string name, IReadOnlyList<long> shape) => new(TextPrefix + name, shape);

    /// <summary>The text encoder's names in files that come from transformers before 4.0, without <c>text_model</c>.</summary>
    public static Place OldText(string name, IReadOnlyList<long> shape) => new(TextPrefix + name["text_model.".Length..], shape);

    /// <summary>What the running average of a live weight is called: <c>model.</c> and the dots go.</summary>
    static string Ema(string live) => EmaPrefix + live["model.".Length..].Replace(".", "", StringComparison.Ordinal);

    static ModulePaths UNetPaths(UNet2DConditionConfig config)
    {
        var paths = new ModulePaths();
        paths.Add("conv_in", "input_blocks.0.0");
        paths.Add("time_embedding.linear_1", "time_embed.0");
        paths.Add("time_embedding.linear_2", "time_embed.2");
        int block = 1;
        for (int level = 0; level < config.Levels; level++)
        {
            for (int layer = 0; layer < config.LayersPerBlock; layer++, block++)
            {
                paths.Add($"down_blocks.{level}.resnets.{layer}", $"input_blocks.{block}.0", unetResnet);
                paths.Add($"down_blocks.{level}.attentions.{layer}", $"input_blocks.{block}.1");
            }
            if (level < config.Levels - 1)
                paths.Add($"down_blocks.{level}.downsamplers.0.conv", $"input_blocks.{block++}.0.op");
        }
        paths.Add("mid_block.resnets.0", "middle_block.0", unetResnet);
        paths.Add("mid_block.attentions.0", "middle_block.1");
        paths.Add("mid_block.resnets.1", "middle_block.2", unetResnet);
        block = 0;
        for (int i = 0; i < config.Levels; i++)
        {
            for (int layer = 0; layer <= config.LayersPerBlock; layer++, block++)
            {
                paths.Add($"up_blocks.{i}.resnets.{layer}", $"output_blocks.{block}.0", unetResnet);
                paths.Add($"up_blocks.{i}.attentions.{layer}", $"output_blocks.{block}.1");
            }
            int upsampler = config.UpAttends(config.Levels - 1 - i) ? 2 : 1;      // behind the last attention, where there is one
            paths.Add($"up_blocks.{i}.upsamplers.0.conv", $"output_blocks.{block - 1}.{upsampler}.conv");
        }
        paths.Add("conv_norm_out", "out.0");
        paths.Add("conv_out", "out.2");
        return paths;
    }

    static ModulePaths VaePaths(AutoencoderKLConfig config)
    {
        var paths = new ModulePaths();
        foreach (string half in (string[])["encoder", "decoder"])
        {
            paths.Add($"{half}.conv_in", $"{half}.conv_in");
            paths.Add($"{half}.mid_block.resnets.0", $"{half}.mid.block_1", vaeResnet);
            paths.Add($"{half}.mid_block.attentions.0", $"{half}.mid.attn_1", vaeAttention);
            paths.Add($"{half}.mid_block.resnets.1", $"{half}.mid.block_2", vaeResnet);
            paths.Add($"{half}.conv_norm_out", $"{half}.norm_out");
            paths.Add($"{half}.conv_out", $"{half}.conv_out");
        }
        for (int level = 0; level < config.Levels; level++)
        {
            int up = config.Levels - 1 - level;     // diffusers counts from the coarsest, LDM from the finest
            for (int layer = 0; layer <= config.LayersPerBlock; layer++)
            {
                paths.Add($"encoder.down_blocks.{level}.resnets.{layer}", $"encoder.down.{level}.block.{layer}", vaeResnet);
                paths.Add($"decoder.up_blocks.{level}.resnets.{layer}", $"decoder.up.{up}.block.{layer}", vaeResnet);
            }
            paths.Add($"encoder.down_blocks.{level}.downsamplers.0.conv", $"encoder.down.{level}.downsample.conv");
            paths.Add($"decoder.up_blocks.{level}.upsamplers.0.conv", $"decoder.up.{up}.upsample.conv");
        }
        paths.Add("quant_conv", "quant_conv");
        paths.Add("post_quant_conv", "post_quant_conv");
        return paths;
    }
}
