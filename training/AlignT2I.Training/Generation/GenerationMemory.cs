using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.StableDiffusion;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Generation;

/// <summary>How much memory drawing will take, roughly, before it starts.</summary>
/// <param name="Weights">Bytes of the networks' parameters.</param>
/// <param name="Denoising">Bytes to run the UNet on one batch.</param>
/// <param name="Decoding">Bytes to decode one image, whatever the batch.</param>
/// <param name="Packed">Bytes of the kernels' own copies of weights, which are made where there is room and go where it shrinks.</param>
public sealed record GenerationMemory(long Weights, long Denoising, long Decoding, long Packed)
{
    const string ConfigName = "config.json";
    const double UsableShare = 0.8;
    const int MostAtOnce = 8;

    /// <summary>
    /// What is held over what feature maps take at one moment, measured at Stable Diffusion's size:
    /// blocks of other levels' sizes that wait in the memory pool, and for the UNet the kernels' packed operands.
    /// </summary>
    internal const double UNetPool = 2.5, DecoderPool = 1.25;

    /// <summary>
    /// Feature maps of the finest level's width that are alive at once in its last layer on the way up, counted in the blocks' code:
    /// with a transformer, whose feed-forward widens by 8 and 4, and without.
    /// </summary>
    const double MapsWithTransformer = 35, MapsWithout = 18;

    /// <summary>Bytes at the highest point: while decoding, as the memory pool keeps most of what denoising took.</summary>
    public long Peak => Weights + Denoising + Decoding + Packed;

    /// <summary>Predicts from configurations and headers of weight files; no weights are read.</summary>
    /// <param name="modelFolder">The model.</param>
    /// <param name="unetFolder">Another UNet's folder, or null.</param>
    /// <param name="options">How images are drawn.</param>
    /// <param name="dtype">Type of weights and computation.</param>
    /// <param name="backend">Where images are drawn.</param>
    /// <exception cref="UsageException">A part is missing, or the size does not fit the model.</exception>
    /// <exception cref="FileFormatException">A file is damaged.</exception>
    public static GenerationMemory Predict(
        string modelFolder, string? unetFolder, ImageGenerationOptions options, DType dtype, Backend backend)
    {
        string unet = unetFolder ?? ModelFolder.UNet(modelFolder), vae = Path.Combine(modelFolder, "vae");
        UNet2DConditionConfig unetConfig = UNet2DConditionConfig.Read(Path.Combine(unet, ConfigName));
        AutoencoderKLConfig vaeConfig = AutoencoderKLConfig.Read(Path.Combine(vae, ConfigName));
        long parameters = ModelFolder.Parameters(unet, ModelFolder.Weights) + ModelFolder.FrozenParameters(modelFolder);
        (int width, int height) = Size(unetConfig, vaeConfig, options);
        double pixels = (double)width * height;
        double latents = (double)vaeConfig.LatentSide(width, "width") * vaeConfig.LatentSide(height, "height");
        int samples = options.BatchSize * (options.GuidanceScale == 1 ? 1 : 2);
        var memory = new GenerationMemory(
            parameters * dtype.Size, (long)(samples * latents * UNetChannels(unetConfig) * UNetPool * dtype.Size),
            (long)(pixels * DecoderChannels(vaeConfig) * DecoderPool * dtype.Size), Packed: 0);
        long left = Math.Max(0, backend.AvailableBytes - memory.Weights - memory.Denoising);
        IEnumerable<Shape> products =
        [
            .. ModelFolder.Products(Path.Combine(modelFolder, "text_encoder"), ModelFolder.TextWeights),
            .. ModelFolder.Products(unet, ModelFolder.Weights), .. ModelFolder.Products(vae, ModelFolder.Weights),
        ];
        return memory with { Packed = backend.PackedBytesOf(products, dtype, left) };
    }

    /// <summary>The largest batch that fits, at most 8: what is drawn at once is what a kill loses.</summary>
    /// <inheritdoc cref="Predict"/>
    /// <param name="modelFolder">The model.</param>
    /// <param name="unetFolder">Another UNet's folder, or null.</param>
    /// <param name="options">How images are drawn.</param>
    /// <param name="dtype">Type of weights and computation.</param>
    /// <param name="backend">Where images are drawn.</param>
    /// <param name="available">Bytes that there are; a fifth of them is left to others.</param>
    public static int LargestBatch(
        string modelFolder, string? unetFolder, ImageGenerationOptions options, DType dtype, Backend backend, long available)
    {
        GenerationMemory one = Predict(modelFolder, unetFolder, options with { BatchSize = 1 }, dtype, backend);
        double room = UsableShare * available - one.Weights - one.Decoding;
        return (int)Math.Clamp(room / one.Denoising, 1, MostAtOnce);
    }

    /// <summary>Width and height of the images in pixels.</summary>
    /// <inheritdoc cref="Predict"/>
    public static (int Width, int Height) Size(string modelFolder, string? unetFolder, ImageGenerationOptions options) => Size(
        UNet2DConditionConfig.Read(Path.Combine(unetFolder ?? ModelFolder.UNet(modelFolder), ConfigName)),
        AutoencoderKLConfig.Read(Path.Combine(modelFolder, "vae", ConfigName)), options);

    static (int Width, int Height) Size(UNet2DConditionConfig unet, AutoencoderKLConfig vae, ImageGenerationOptions options)
    {
        int own = unet.SampleSize * vae.DownsamplingFactor;
        return (options.Width ?? own, options.Height ?? own);
    }

    /// <summary>Values per latent: the finest level's maps, and those of every level that the two ways hold.</summary>
    static double UNetChannels(UNet2DConditionConfig config)
    {
        double channels = config.BlockOutChannels[0] * (config.UpAttends(0) ? MapsWithTransformer : MapsWithout);
        for (int level = 0; level < config.Levels; level++)
            channels += 2 * (config.LayersPerBlock + 1) * config.BlockOutChannels[level] / Math.Pow(4, level);
        return channels;
    }

    /// <summary>Values per pixel: the finest level's first residual block, whose input is twice as wide,
    /// and what came before it.</summary>
    static double DecoderChannels(AutoencoderKLConfig config)
    {
        int[] widths = config.BlockOutChannels;
        double channels = 2 * widths[Math.Min(1, widths.Length - 1)] + 5 * widths[0];
        for (int level = 2; level < widths.Length; level++)
            channels += widths[level] / Math.Pow(4, level - 1);
        return channels;
    }
}
