using AlignT2I.Engine;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Bench.Networks;

/// <summary>The autoencoder's decoder: latents to an image of 512 x 512 pixels.</summary>
internal sealed class VaeDecode : NetworkCase
{
    const int Side = 64, Pixels = 8 * Side;

    static readonly AutoencoderKLConfig config = new();

    readonly ParameterStore parameters;
    readonly AutoencoderKLDecoder decoder;
    readonly Tensor latents;

    public VaeDecode(string name, BenchNetworks networks, double reference = 0)
        : base(name, networks, [1, Pixels, Pixels, 3], reference)
    {
        parameters = networks.Synthetic();
        decoder = new AutoencoderKLDecoder(parameters.Root, config);
        latents = networks.Normal([1, Side, Side, config.LatentChannels], 1);
    }

    public override int Batch => 1;

    /// <summary>As the peer's program counts it.</summary>
    public override double Gflop => 2514.52;

    protected override Tensor Compute() => decoder.Call(latents);

    public override void Dispose()
    {
        latents.Dispose();
        parameters.Dispose();
        base.Dispose();
    }
}
