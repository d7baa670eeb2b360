using AlignT2I.Engine;

namespace AlignT2I.Models.StableDiffusion;

/// <summary>The decoding half of an <see cref="AutoencoderKL"/>: latents to images.</summary>
/// <remarks>Rombach et al. 2022, arXiv:2112.10752. Parameter names as in diffusers: <c>decoder.*</c> and <c>post_quant_conv</c>.</remarks>
public sealed class AutoencoderKLDecoder : Module<Tensor>
{
    readonly AutoencoderKLConfig config;
    readonly Conv2d postQuantConv, convIn, convOut;
    readonly VaeMidBlock midBlock;
    readonly VaeUpBlock[] upBlocks;
    readonly GroupNorm convNormOut;
    readonly DType dtype;

    /// <summary>Builds the network; its parameters get their values from <paramref name="p"/>.</summary>
    /// <param name="p">The parameters, named as in <c>vae/diffusion_pytorch_model.safetensors</c>.</param>
    /// <param name="config">The network's shape.</param>
    /// <exception cref="Files.FileFormatException">The configuration contradicts itself.</exception>
    public AutoencoderKLDecoder(ParameterBuilder p, AutoencoderKLConfig config)
    {
        config.Validate("AutoencoderKL");
        this.config = config;
        dtype = p.DType;
        ParameterBuilder decoder = p["decoder"];
        int finest = config.BlockOutChannels[0], coarsest = config.BlockOutChannels[^1];
        postQuantConv = new Conv2d(p["post_quant_conv"], config.LatentChannels, config.LatentChannels, kernel: 1);
        convIn = new Conv2d(decoder["conv_in"], config.LatentChannels, coarsest, kernel: 3, padding: 1);
        midBlock = new VaeMidBlock(decoder["mid_block"], coarsest, config.NormNumGroups);
        upBlocks = new VaeUpBlock[config.Levels];
        for (int i = 0; i < config.Levels; i++)
            upBlocks[i] = new VaeUpBlock(decoder["up_blocks"][i], config, level: config.Levels - 1 - i);
        convNormOut = new GroupNorm(decoder["conv_norm_out"], config.NormNumGroups, finest, VaeResnetBlock.Eps, silu: true);
        convOut = new Conv2d(decoder["conv_out"], finest, config.OutChannels, kernel: 3, padding: 1);
    }

    /// <summary>Decodes latents.</summary>
    /// <param name="latents">[N, h, w, latent_channels], already divided by the scaling factor.</param>
    /// <returns>Images [N, f*h, f*w, out_channels], values about -1..1 (not clamped), f the downsampling factor.</returns>
    /// <exception cref="ShapeException">The shape is not as above.</exception>
    protected override Tensor Forward(Tensor latents)
    {
        if (latents.Shape.Rank != 4 || latents.Shape[3] != config.LatentChannels)
            throw new ShapeException($"AutoencoderKL: latents are {latents.Shape}; expected [N, h, w, {config.LatentChannels}].");

        Tensor x = midBlock.Call(convIn.Call(postQuantConv.Call(F.Cast(latents, dtype))));
        foreach (VaeUpBlock block in upBlocks)
            x = block.Call(x);
        return F.Cast(convOut.Call(convNormOut.Call(x)), dtype.Accumulator);
    }
}
