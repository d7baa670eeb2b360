using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Schedulers;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Models.Pipelines;

/// <summary>Prompts to images: text encoder, guided denoising of latents, decoder.</summary>
/// <remarks>
/// Rombach et al. 2022, arXiv:2112.10752, with classifier-free guidance of Ho and Salimans 2022, arXiv:2207.12598. Semantics of
/// diffusers' StableDiffusionPipeline. Nothing is recorded on a tape.
/// </remarks>
/// <param name="model">The networks.</param>
/// <param name="scheduler">The sampler; null takes the model's own.</param>
public sealed class StableDiffusionPipeline(StableDiffusionModel model, Scheduler? scheduler = null)
{
    /// <summary>The networks.</summary>
    public StableDiffusionModel Model => model;

    /// <summary>The sampler.</summary>
    public Scheduler Scheduler { get; } = scheduler ?? Scheduler.Create(model.SchedulerConfig);

    /// <summary>Samples one image per prompt, all in one batch.</summary>
    /// <param name="prompts">The prompts.</param>
    /// <param name="seeds">
    /// A seed per image. An image depends on its own seed and prompt alone, up to rounding; the noise is <c>torch.randn</c>'s on a CPU, so
    /// that it is diffusers' image of that seed.
    /// </param>
    /// <param name="options">How to sample.</param>
    /// <param name="progress">Called after every evaluation of the UNet.</param>
    /// <param name="cancellation">Looked at before every evaluation.</param>
    /// <returns>RGB images.</returns>
    /// <exception cref="UsageException">The numbers of prompts and seeds differ, or an option does not fit the model.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Image[] Generate(
        IReadOnlyList<string> prompts, IReadOnlyList<ulong> seeds, GenerationOptions options,
        DenoisingProgress? progress = null, CancellationToken cancellation = default)
    {
        if (prompts.Count == 0 || prompts.Count != seeds.Count)
            throw new UsageException(
                $"{prompts.Count} prompts came with {seeds.Count} seeds; give at least one prompt and one seed for each.");
        using Tape pause = Tape.Pause();
        using MemoryScope scope = MemoryScope.Open();
        return Generate(Encode(prompts), Encode([options.NegativePrompt]), seeds, options, progress, cancellation);
    }

    /// <summary>Samples one image per text state, all in one batch.</summary>
    /// <param name="promptStates">Text states of the prompts [N, S, D], as <see cref="Encode"/> gives them.</param>
    /// <param name="negativeStates">Text states that guidance leads away from, one for all [1, S, D].</param>
    /// <param name="seeds">A seed per image.</param>
    /// <param name="options">How to sample; its negative prompt is not looked at.</param>
    /// <param name="progress">Called after every evaluation of the UNet.</param>
    /// <param name="cancellation">Looked at before every evaluation.</param>
    /// <returns>RGB images.</returns>
    /// <exception cref="UsageException">An option does not fit the model.</exception>
    /// <exception cref="ShapeException">The states are not N of this model.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Image[] Generate(
        Tensor promptStates, Tensor negativeStates, IReadOnlyList<ulong> seeds, GenerationOptions options,
        DenoisingProgress? progress = null, CancellationToken cancellation = default)
    {
        using Tape pause = Tape.Pause();
        using MemoryScope scope = MemoryScope.Open();
        TorchGenerator[] generators = [.. seeds.Select(seed => new TorchGenerator(seed))];
        (int height, int width) = LatentSize(options);
        Tensor latents = Noise(generators, [seeds.Count, height, width, model.UNet.Config.InChannels]);
        return Decode(Denoise(latents, promptStates, negativeStates, options, generators, progress, cancellation));
    }

    /// <summary>Text states that the UNet reads.</summary>
    /// <param name="prompts">N prompts.</param>
    /// <returns>[N, S, D].</returns>
    public Tensor Encode(IReadOnlyList<string> prompts)
    {
        int length = model.Tokenizer.ModelMaxLength;
        int[] ids = [.. prompts.SelectMany(model.Tokenizer.Encode)];
        using Tape pause = Tape.Pause();
        using MemoryScope scope = MemoryScope.Open();
        return scope.Keep(model.TextEncoder.Call(Tensor.From(ids, [prompts.Count, length], model.TextEncoderParameters.Backend)));
    }

    /// <summary>Images to latents, the inverse of <see cref="Decode"/>: the mean of the autoencoder's distribution.</summary>
    /// <param name="images">N RGB images of one size, height and width multiples of the autoencoder's factor.</param>
    /// <returns>[N, h, w, C], with the scaling factor applied.</returns>
    /// <exception cref="UsageException">The images have different sizes, or other than three channels.</exception>
    public Tensor EncodeImages(IReadOnlyList<Image> images)
    {
        (int height, int width) = (images[0].Height, images[0].Width);
        int perImage = height * width * 3;
        float[] values = new float[images.Count * perImage];
        for (int n = 0; n < images.Count; n++)
        {
            if (images[n] is not { Channels: 3 } image || image.Height != height || image.Width != width)
                throw new UsageException($"image {n} is {images[n].Width}x{images[n].Height} of {images[n].Channels} channels; "
                    + $"expected {width}x{height} of three, as all images of one call.");
            for (int i = 0; i < perImage; i++)
                values[n * perImage + i] = image.Pixels[i] / 127.5f - 1;
        }
        using Tape pause = Tape.Pause();
        using MemoryScope scope = MemoryScope.Open();
        Tensor pixels = Tensor.From(values, [images.Count, height, width, 3], model.VaeParameters.Backend);
        return scope.Keep(F.Affine(model.Vae.Encode(pixels).Mean, model.Vae.Config.ScalingFactor));
    }

    /// <summary>Walks latents from noise to an image's latents.</summary>
    /// <param name="latents">Standard normal noise [N, h, w, C].</param>
    /// <param name="promptStates">Text states of the prompts [N, S, D].</param>
    /// <param name="negativeStates">Text states that guidance leads away from, one for all [1, S, D].</param>
    /// <param name="options">Steps and guidance; the sizes are those of the latents.</param>
    /// <param name="generators">One per image, for samplers that take fresh noise; null where the sampler takes none.</param>
    /// <param name="progress">Called after every evaluation of the UNet.</param>
    /// <param name="cancellation">Looked at before every evaluation.</param>
    /// <returns>[N, h, w, C], with the autoencoder's scaling factor applied.</returns>
    /// <exception cref="ShapeException">The shapes do not fit the model.</exception>
    /// <exception cref="UsageException">The number of steps does not fit, or the sampler takes noise and there are no
    /// generators.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Tensor Denoise(
        Tensor latents, Tensor promptStates, Tensor negativeStates, GenerationOptions options,
        IReadOnlyList<TorchGenerator>? generators = null, DenoisingProgress? progress = null, CancellationToken cancellation = default)
    {
        int n = latents.Shape[0];
        bool guided = options.GuidanceScale != 1;
        using Tape pause = Tape.Pause();
        using MemoryScope scope = MemoryScope.Open();
        Tensor states = guided ? Batches.Stack(Batches.Repeat(negativeStates, n), promptStates) : promptStates;
        Scheduler.SetTimesteps(options.NumInferenceSteps);
        latents = F.Affine(latents, Scheduler.InitNoiseSigma);
        using var predictor = new NoisePredictor(model.UNet, latents, states, guided ? options.GuidanceScale : null);
        for (int i = 0; i < Scheduler.Timesteps.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            using MemoryScope step = MemoryScope.Open();
            Tensor noisePrediction = predictor.Call(Scheduler.ModelInput(i, latents), Scheduler.Timesteps[i]);
            Tensor? noise = Scheduler.TakesNoise && generators is not null ? Noise(generators, latents.Shape) : null;
            latents = step.Keep(Scheduler.Step(noisePrediction, i, latents, noise));
            foreach (Tensor kept in Scheduler.History)
                step.Keep(kept);
            progress?.Invoke(i + 1, Scheduler.Timesteps.Count, latents);
        }
        return scope.Keep(latents);
    }

    /// <summary>Latents to images, one after the other: decoding takes the memory of one image, however many there are.</summary>
    /// <param name="latents">[N, h, w, C], with the scaling factor applied.</param>
    /// <returns>N RGB images.</returns>
    /// <exception cref="UsageException">A pixel is not a number.</exception>
    public Image[] Decode(Tensor latents)
    {
        using Tape pause = Tape.Pause();
        using MemoryScope scope = MemoryScope.Open();
        (int n, int height, int width, int channels) = (latents.Shape[0], latents.Shape[1], latents.Shape[2], latents.Shape[3]);
        int perImage = height * width * channels;
        latents.Backend.Trim();
        Tensor[] each = F.Split(latents.Reshape([n * perImage]), [.. Enumerable.Repeat(perImage, n)]);
        return Array.ConvertAll(each, one => DecodeOne(one.Reshape([1, height, width, channels])));
    }

    Image DecodeOne(Tensor latents)
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor pixels = F.Cast(F.Affine(model.Vae.DecodeLatents(latents), 0.5, 0.5), DType.F32);
        float[] values = pixels.ToArray<float>();
        if (Array.Exists(values, float.IsNaN))
        {
            throw new UsageException("generate: the pixels of an image are not numbers; the model's weights are damaged, the guidance "
                + "scale is far too large, or float16 is too narrow for the model: try float32.");
        }
        return new Image(pixels.Shape[2], pixels.Shape[1], pixels.Shape[3],
            Array.ConvertAll(values, v => (byte)MathF.Round(255 * Math.Clamp(v, 0, 1))));
    }

    (int Height, int Width) LatentSize(GenerationOptions options)
    {
        AutoencoderKLConfig vae = model.Vae.Config;
        int own = model.UNet.Config.SampleSize * vae.DownsamplingFactor;
        return (vae.LatentSide(options.Height ?? own, "height"), vae.LatentSide(options.Width ?? own, "width"));
    }

    /// <summary>Each image's noise from its own generator, drawn as PyTorch lays images out: channel by channel.</summary>
    internal Tensor Noise(IReadOnlyList<TorchGenerator> generators, Shape shape)
    {
        (int height, int width, int channels) = (shape[1], shape[2], shape[3]);
        int pixels = height * width;
        float[] planes = new float[pixels * channels], values = new float[shape.Count];
        for (int n = 0; n < generators.Count; n++)
        {
            generators[n].Randn(planes);
            for (int c = 0; c < channels; c++)
                for (int p = 0; p < pixels; p++)
                    values[(n * pixels + p) * channels + c] = planes[c * pixels + p];
        }
        return F.Cast(Tensor.From(values, shape, model.UNetParameters.Backend), model.UNetParameters.DType.Accumulator);
    }
}
