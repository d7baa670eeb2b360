using AlignT2I.Engine;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Bench.Networks;

/// <summary>A forward pass of a UNet.</summary>
internal sealed class UNetForward : NetworkCase
{
    readonly UNetSize size;
    readonly int side;
    readonly ParameterStore parameters;
    readonly UNet2DCondition unet;
    readonly Tensor sample, states, timesteps;

    public UNetForward(string name, BenchNetworks networks, UNetSize size, int side, int batch, double reference = 0)
        : base(name, networks, [batch, side, side, size.Config.OutChannels], reference)
    {
        (this.size, this.side, Batch) = (size, side, batch);
        UNet2DCondition? built = null;
        parameters = size == UNetSize.StableDiffusion
            ? networks.UNet(store => built = new UNet2DCondition(store.Root, size.Config))
            : networks.Synthetic();
        unet = built ?? new UNet2DCondition(parameters.Root, size.Config);
        sample = networks.Normal([batch, side, side, size.Config.InChannels], 1);
        states = networks.Normal([batch, size.Tokens, size.Config.CrossAttentionDim], 2);
        timesteps = networks.Full([batch], 500);
    }

    public override int Batch { get; }

    public override double Gflop => Batch * new UNetWork(size.Config, size.Tokens).Gflop(side, side);

    protected override Tensor Compute() => unet.Call(sample, timesteps, states);

    public override void Dispose()
    {
        foreach (Tensor tensor in (ReadOnlySpan<Tensor>)[sample, states, timesteps])
            tensor.Dispose();
        parameters.Dispose();
        base.Dispose();
    }
}
