using AlignT2I.Files;
using AlignT2I.Models.Clip;
using AlignT2I.Models.Schedulers;
using AlignT2I.Models.StableDiffusion;
using AlignT2I.WeightsConverter.Names;

namespace AlignT2I.WeightsConverter.Loading;

/// <summary>Stable Diffusion v1 in one file of the latent diffusion code: .safetensors, or .ckpt of either container.</summary>
internal sealed class LdmCheckpoint : StableDiffusionWeights
{
    /// <summary>Constants of the sampler and traces of training that such files have beside the networks.</summary>
    static readonly HashSet<string> constants = new(StringComparer.Ordinal)
    {
        "betas", "alphas_cumprod", "alphas_cumprod_prev", "sqrt_alphas_cumprod", "sqrt_one_minus_alphas_cumprod",
        "log_one_minus_alphas_cumprod", "sqrt_recip_alphas_cumprod", "sqrt_recipm1_alphas_cumprod", "posterior_variance",
        "posterior_log_variance_clipped", "posterior_mean_coef1", "posterior_mean_coef2", "logvar", "scale_factor",
        LdmNames.PositionIds, LdmNames.TextPrefix + "embeddings.position_ids",
    };

    static readonly string[] traces = [LdmNames.EmaPrefix, LdmNames.VaePrefix + "loss.", LdmNames.VaePrefix + "model_ema."];

    public LdmCheckpoint(TensorTable table, LoadingOptions options) : base(table.Path, ModelKind.LdmCheckpoint)
    {
        bool oldText = table.HasPrefix(LdmNames.TextPrefix + "embeddings.") || table.HasPrefix(LdmNames.TextPrefix + "encoder.");
        string textPrefix = LdmNames.TextPrefix + (oldText ? "" : "text_model.");
        if (options.ConfigFolder is { } folder)
            ReadConfigs(folder);
        else
            DeriveConfigs(table, textPrefix);

        bool ema = TakesEma(table, options.Weights);
        var reader = new ComponentReader(table);
        Add(UNetName, DiffusersWeights, reader.Read(
            UNetName, Outline(UNetConfig), ema ? LdmNames.UNetEma(UNetConfig) : LdmNames.UNet(UNetConfig)));
        Add(VaeName, DiffusersWeights, reader.Read(VaeName, Outline(VaeConfig), LdmNames.Vae(VaeConfig)));
        Add(TextName, TransformersWeights, reader.Read(
            TextName, Outline(TextConfig, projection: false), oldText ? LdmNames.OldText : LdmNames.Text));
        reader.Finish("checkpoint", name => constants.Contains(name)
            || (ema && name.StartsWith(LdmNames.UNetPrefix, StringComparison.Ordinal))
            || traces.Any(trace => name.StartsWith(trace, StringComparison.Ordinal)));
        AddProblems(reader);
        Own(table);
    }

    void ReadConfigs(string folder)
    {
        UNetConfig = UNet2DConditionConfig.Read(System.IO.Path.Combine(folder, UNetName, "config.json"));
        VaeConfig = AutoencoderKLConfig.Read(System.IO.Path.Combine(folder, VaeName, "config.json"));
        TextConfig = ClipTextConfig.Read(System.IO.Path.Combine(folder, TextName, "config.json"));
        SchedulerConfig = SchedulerConfig.Read(System.IO.Path.Combine(folder, "scheduler", "scheduler_config.json"));
        string tokenizer = System.IO.Path.Combine(folder, "tokenizer");
        if (Directory.Exists(tokenizer))
            TokenizerFolder = tokenizer;
    }

    void DeriveConfigs(TensorTable table, string textPrefix)
    {
        UNetConfig = LdmShapes.UNet(table);
        if (UNetConfig.InChannels != 4)
            throw ModelKinds.OtherInputs(Path, UNetConfig.InChannels);
        if (UNetConfig.CrossAttentionDim == 1024)
            throw ModelKinds.Unsupported(Path, "Stable Diffusion 2 (its UNet reads text states of 1024 channels)");
        VaeConfig = LdmShapes.Vae(table);
        TextConfig = LdmShapes.Text(table, textPrefix);
        try
        {
            UNetConfig.Validate("unet");
            VaeConfig.Validate("vae");
            TextConfig.Validate("text_encoder");
        }
        catch (FileFormatException e)
        {
            throw new FileFormatException(Path, $"numbers of groups and heads are not in the file, and SD v1.5's do not fit "
                + $"({e.Message.TrimEnd('.')}); "
                + "name a diffusers folder of the same model with --config, whose config.json files say them.", e);
        }
    }

    bool TakesEma(TensorTable table, WeightsChoice choice)
    {
        bool has = table.HasPrefix(LdmNames.EmaPrefix + "diffusion_model");
        if (choice == WeightsChoice.Ema && !has)
        {
            throw new UsageException(
                $"{Path}: it has no running average (model_ema.*); leave --weights out. A file named 'emaonly' holds the average as its "
                    + "only weights.");
        }
        if (!has)
            return false;
        bool ema = choice != WeightsChoice.Live;
        Note(ema
            ? "UNet: the running average of training (model_ema), as in the published diffusers folders; --weights live takes the last "
                + "step's"
            : "UNet: the weights of the last training step; --weights ema takes the running average");
        return ema;
    }
}
