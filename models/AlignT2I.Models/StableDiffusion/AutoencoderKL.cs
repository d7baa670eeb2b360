using AlignT2I.Engine;

namespace AlignT2I.Models.StableDiffusion;

/// <summary>The variational autoencoder of Stable Diffusion: images to latents, an eighth of the size, and back.</summary>
/// <remarks>Rombach et al. 2022, arXiv:2112.10752. Parameter names as in diffusers' AutoencoderKL.</remarks>
public sealed class AutoencoderKL
{
    /// <summary>Builds both halves; their parameters get their values from <paramref name="p"/>.</summary>
    /// <param name="p">The parameters, named as in <c>vae/diffusion_pytorch_model.safetensors</c>.</param>
    /// <param name="config">The network's shape.</param>
    /// <exception cref="Files.FileFormatException">The configuration contradicts itself.</exception>
    public AutoencoderKL(ParameterBuilder p, AutoencoderKLConfig config)
    {
        Config = config;
        Encoder = new AutoencoderKLEncoder(p, config);
        Decoder = new AutoencoderKLDecoder(p, config);
    }

    /// <summary>The network's shape.</summary>
    public AutoencoderKLConfig Config { get; }

    /// <summary>Images to moments; the scaling factor is not applied.</summary>
    public AutoencoderKLEncoder Encoder { get; }

    /// <summary>Unscaled latents to images.</summary>
    public AutoencoderKLDecoder Decoder { get; }

    /// <summary>Encodes images to the distribution of their latents, before the scaling factor.</summary>
    /// <param name="image">[N, H, W, 3], values in -1..1; H and W multiples of the downsampling factor.</param>
    /// <exception cref="ShapeException">The shape is not as above.</exception>
    public DiagonalGaussian Encode(Tensor image) => new(Encoder.Call(image));

    /// <summary>Decodes latents as the UNet sees them: divides by the scaling factor first.</summary>
    /// <param name="latents">[N, h, w, latent_channels], with the scaling factor applied.</param>
    /// <returns>Images [N, f*h, f*w, 3], values about -1..1 (not clamped).</returns>
    /// <exception cref="ShapeException">The shape is not as above.</exception>
    public Tensor DecodeLatents(Tensor latents) => Decoder.Call(F.Affine(latents, 1 / Config.ScalingFactor));
}
