using AlignT2I.Engine;

namespace AlignT2I.Bench.StableDiffusion;

/// <summary>CLIP ViT-L/14: an image to its embedding.</summary>
internal sealed class ClipVision(BenchNetworks networks, int batch) : NetworkCase(networks)
{
    readonly Tensor pixelValues = networks.Normal([batch, 224, 224, 3], 1);

    public override string Name => $"clip_vision_b{batch}";

    public override int Batch => batch;

    /// <summary>Products, convolution and attention of 24 layers on 257 tokens.</summary>
    public override double Gflop => 162.0 * batch;

    protected override Tensor Compute() => Networks.Vision.Call(pixelValues)[0];

    public override void Dispose()
    {
        base.Dispose();
        pixelValues.Dispose();
    }
}
