using AlignT2I.Bench.Networks;
using AlignT2I.Engine;

namespace AlignT2I.Bench.Tests;

public class UNetSizeTests
{
    /// <summary>As many as the PyTorch peer's program counts in its own.</summary>
    [Test]
    public void The_tiny_unet_is_the_peers()
    {
        using ParameterStore parameters = new BenchNetworks(Backend.Cpu, DType.F32).Synthetic();
        _ = new Models.StableDiffusion.UNet2DCondition(parameters.Root, UNetSize.Tiny.Config);
        Assert.That(parameters.Count, Is.EqualTo(17_839_556));
        double gflop = 32 * new UNetWork(UNetSize.Tiny.Config, UNetSize.Tiny.Tokens).Gflop(16, 16);
        Assert.That(gflop, Is.EqualTo(53.15).Within(0.01));
    }
}
