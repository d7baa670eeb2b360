using AlignT2I.Engine;
using AlignT2I.Models.Pipelines;
using AlignT2I.Testing;
using AlignT2I.Training.Generation;

namespace AlignT2I.Training.Tests.Generation;

internal sealed class GenerationMemoryTests
{
    static readonly string miniature = Path.Combine(Golden.Root, "models", "miniature");

    [TestCase(1, 64, 64)]
    [TestCase(3, 128, 64)]
    [TestCase(1, 256, 320)]
    public void Predicted_as_it_comes(int batch, int width, int height)
    {
        ImageGenerationOptions options = new() { Steps = 2, BatchSize = batch, Width = width, Height = height };
        GenerationMemory predicted = GenerationMemory.Predict(miniature, null, options, DType.F32, Backend.Cpu);
        long before = Backend.Cpu.LiveBytes;
        using StableDiffusionModel model = StableDiffusionModel.Load(miniature);
        Assert.That(Backend.Cpu.LiveBytes - before, Is.InRange(0.95 * predicted.Weights, 1.25 * predicted.Weights), "weights");

        var pipeline = new StableDiffusionPipeline(model);
        GenerationOptions sampling = options.ForPipeline;
        using MemoryScope scope = MemoryScope.Open();
        int h = height / model.Vae.Config.DownsamplingFactor, w = width / model.Vae.Config.DownsamplingFactor;
        Tensor latents = Tensor.Zeros([batch, h, w, 4], DType.F32, Backend.Cpu);
        Tensor states = pipeline.Encode([.. Enumerable.Repeat("a red star", batch)]), negative = pipeline.Encode([""]);
        long denoising = PeakMemory.Of(() => pipeline.Denoise(latents, states, negative, sampling));
        long decoding = PeakMemory.Of(() => pipeline.Decode(latents));
        double unet = predicted.Denoising / GenerationMemory.UNetPool, decoder = predicted.Decoding / GenerationMemory.DecoderPool;
        Assert.That(denoising, Is.InRange(0.7 * unet, 1.3 * unet), "feature maps of denoising");
        Assert.That(decoding, Is.InRange(0.8 * decoder, 1.3 * decoder), "feature maps of decoding");
    }

    [Test]
    public void Packed_copies_of_weights_are_predicted()
    {
        ImageGenerationOptions options = new() { Steps = 2, BatchSize = 2, Width = 128, Height = 128 };
        GenerationMemory predicted = GenerationMemory.Predict(miniature, null, options, DType.F32, Backend.Cpu);
        long before = PeakMemory.OfPackedWeights;
        using StableDiffusionModel model = StableDiffusionModel.Load(miniature);
        var pipeline = new StableDiffusionPipeline(model);
        using MemoryScope scope = MemoryScope.Open();
        for (int use = 0; use < 2; use++)       // from the second on there are copies
            pipeline.Decode(pipeline.Denoise(
                Tensor.Zeros([2, 32, 32, 4], DType.F32, Backend.Cpu), pipeline.Encode(["a red star", "two dogs"]), pipeline.Encode([""]),
                options.ForPipeline));
        Assert.That(PeakMemory.OfPackedWeights - before, Is.EqualTo(predicted.Packed).Within(15).Percent);
        Assert.That(GenerationMemory.Predict(miniature, null, options, DType.BF16, Backend.Cpu).Packed, Is.Zero, "only float32 is packed");
    }

    [Test]
    public void The_largest_batch_leaves_a_fifth_of_the_memory()
    {
        ImageGenerationOptions options = new();
        GenerationMemory one = GenerationMemory.Predict(miniature, null, options with { BatchSize = 1 }, DType.F32, Backend.Cpu);
        int Batch(double images) => GenerationMemory.LargestBatch(
            miniature, null, options, DType.F32, Backend.Cpu, (long)((one.Weights + one.Decoding + images * one.Denoising) / 0.8));
        Assert.That(Batch(3.5), Is.EqualTo(3));
        Assert.That(Batch(-0.5), Is.EqualTo(1), "one is always tried");
        Assert.That(Batch(1000), Is.EqualTo(8));
    }
}
