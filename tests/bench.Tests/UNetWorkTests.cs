using AlignT2I.Bench.Networks;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Bench.Tests;

public class UNetWorkTests
{
    /// <summary>As the PyTorch peer's program counts them.</summary>
    [TestCase(64, 803.27)]
    [TestCase(32, 180.11)]
    public void A_pass_has_as_many_operations_as_the_peer_counts(int side, double gflop) =>
        Assert.That(new UNetWork(new UNet2DConditionConfig(), tokens: 77).Gflop(side, side), Is.EqualTo(gflop).Within(0.01));
}
