using AlignT2I.Engine;

namespace AlignT2I.Models.StableDiffusion;

/// <summary>The encoding half of an <see cref="AutoencoderKL"/>: images to the mean and log-variance of their latents.</summary>
/// <remarks>Rombach et al. 2022, arXiv:2112.10752. Parameter names as in diffusers: <c>encoder.*</c> and <c>quant_conv</c>.</remarks>
public sealed class AutoencoderKLEncoder : Module<Tensor>
{
    readonly AutoencoderKLConfig config;
    readonly Conv2d convIn, convOut, quantConv;
    readonly VaeDownBlock[] downBlocks;
    readonly VaeMidBlock midBlock;
    readonly GroupNorm convNormOut;
    readonly DType dtype;

    /// <summary>Builds the network; its parameters get their values from <paramref name="p"/>.</summary>
    /// <param name="p">The parameters, named as in <c>vae/diffusion_pytorch_model.safetensors</c>.</param>
    /// <param name="config">The network's shape.</param>
    /// <exception cref="Files.FileFormatException">The configuration contradicts itself.</exception>
    public AutoencoderKLEncoder(ParameterBuilder p, AutoencoderKLConfig config)
    {
        config.Validate("AutoencoderKL");
        this.config = config;
        dtype = p.DType;
        ParameterBuilder encoder = p["encoder"];
        int coarsest = config.BlockOutChannels[^1], moments = 2 * config.LatentChannels;
        convIn = new Conv2d(encoder["conv_in"], config.InChannels, config.BlockOutChannels[0], kernel: 3, padding: 1);
        downBlocks = new VaeDownBlock[config.Levels];
        for (int level = 0; level < config.Levels; level++)
            downBlocks[level] = new VaeDownBlock(encoder["down_blocks"][level], config, level);
        midBlock = new VaeMidBlock(encoder["mid_block"], coarsest, config.NormNumGroups);
        convNormOut = new GroupNorm(encoder["conv_norm_out"], config.NormNumGroups, coarsest, VaeResnetBlock.Eps, silu: true);
        convOut = new Conv2d(encoder["conv_out"], coarsest, moments, kernel: 3, padding: 1);
        quantConv = new Conv2d(p["quant_conv"], moments, moments, kernel: 1);
    }

    /// <summary>Encodes images.</summary>
    /// <param name="image">Images [N, H, W, in_channels], values in -1..1; H and W are multiples of the downsampling factor.</param>
    /// <returns>
    /// Moments [N, H/f, W/f, 2 * latent_channels]: the mean, then the log-variance; <see cref="DiagonalGaussian"/> reads them.
    /// </returns>
    /// <exception cref="ShapeException">The shape is not as above.</exception>
    protected override Tensor Forward(Tensor image)
    {
        int f = config.DownsamplingFactor;
        if (image.Shape.Rank != 4 || image.Shape[3] != config.InChannels || image.Shape[1] % f != 0 || image.Shape[2] % f != 0)
            throw new ShapeException(
                $"AutoencoderKL: image is {image.Shape}; expected [N, H, W, {config.InChannels}] with H and W multiples of {f}.");

        Tensor x = convIn.Call(F.Cast(image, dtype));
        foreach (VaeDownBlock block in downBlocks)
            x = block.Call(x);
        return F.Cast(quantConv.Call(convOut.Call(convNormOut.Call(midBlock.Call(x)))), dtype.Accumulator);
    }
}
