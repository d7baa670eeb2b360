using AlignT2I.Engine;

namespace AlignT2I.Bench.StableDiffusion;

/// <summary>A forward pass of the UNet at 512 x 512 pixels.</summary>
internal sealed class UNetForward(BenchNetworks networks, int batch) : NetworkCase(networks)
{
    public const int Side = 64, Tokens = 77;

    readonly Tensor sample = networks.Normal([batch, Side, Side, networks.UNetConfig.InChannels], 1);
    readonly Tensor states = networks.Normal([batch, Tokens, networks.UNetConfig.CrossAttentionDim], 2);
    readonly Tensor timesteps = networks.Full([batch], 500);

    public override string Name => $"unet_fwd_64x64_b{batch}";

    public override int Batch => batch;

    public override double Gflop => batch * new UNetWork(Networks.UNetConfig, Tokens).Gflop(Side, Side);

    protected override Tensor Compute() => Networks.UNet.Call(sample, timesteps, states);

    public override void Dispose()
    {
        base.Dispose();
        foreach (Tensor tensor in (ReadOnlySpan<Tensor>)[sample, states, timesteps])
            tensor.Dispose();
    }
}
