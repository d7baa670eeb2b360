using AlignT2I.Engine;

namespace AlignT2I.Bench.StableDiffusion;

/// <summary>The autoencoder's decoder: latents to an image of 512 x 512 pixels.</summary>
internal sealed class VaeDecode(BenchNetworks networks) : NetworkCase(networks)
{
    readonly Tensor latents = networks.Normal([1, UNetForward.Side, UNetForward.Side, 4], 1);

    public override string Name => "vae_decoder_64x64_to_512x512";

    public override int Batch => 1;

    /// <summary>As the peer's program counts it.</summary>
    public override double Gflop => 2514.52;

    protected override Tensor Compute() => Networks.Decoder.Call(latents);

    public override void Dispose()
    {
        base.Dispose();
        latents.Dispose();
    }
}
