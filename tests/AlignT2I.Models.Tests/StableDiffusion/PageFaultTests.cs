using AlignT2I.Engine;
using AlignT2I.Models.Parity;
using AlignT2I.Models.StableDiffusion;
using AlignT2I.Testing;

namespace AlignT2I.Models.Tests.StableDiffusion;

/// <summary>A first touch of a page is ten times slower than the work on it: repeated work makes none.</summary>
internal sealed class PageFaultTests
{
    const int Steps = 10, Quiet = 3, MostRounds = 40;

    static readonly UNet2DConditionConfig config = new()
    {
        BlockOutChannels = [48, 96],
        DownBlockTypes = ["CrossAttnDownBlock2D", "DownBlock2D"],
        UpBlockTypes = ["UpBlock2D", "CrossAttnUpBlock2D"],
        LayersPerBlock = 1,
        NormNumGroups = 16,
        CrossAttentionDim = 96,
        AttentionHeadDim = [4],
        SampleSize = 16,
    };

    [TestCase(false)]
    [TestCase(true)]
    public void Repeated_steps_touch_no_fresh_page(bool training)
    {
        if (!PageFaults.AreCounted)
            Assert.Ignore("Page faults are read as Linux counts them; run the test there.");
        using MemoryScope scope = MemoryScope.Open();
        using var store = new ParameterStore(new SyntheticParameters(new SyntheticWeights(SyntheticVariant.V1, 3)));
        var unet = new UNet2DCondition(store.Root, config);
        store.RequireGrad();
        store.ZeroGrad();
        using var adam = new AdamW(store.Parameters);
        Tensor sample = Noise([4, 16, 16, 4], 0), timesteps = Noise([4], 1), states = Noise([4, 9, 96], 2);

        void Step()
        {
            using MemoryScope step = MemoryScope.Open();
            if (!training)
            {
                using Tape pause = Tape.Pause();
                _ = unet.Call(sample, timesteps, states);
                return;
            }
            using Tape tape = Tape.Open();
            tape.Backward(F.MseLoss(unet.Call(sample, timesteps, states), sample));
            adam.Step(1e-5);
            store.ZeroGrad();
        }

        // The collector touches fresh pages until its third collection or so; what a kernel touched would come again in each round.
        List<long> faults = [];
        while (faults.Count < MostRounds && !faults.TakeLast(Quiet).SequenceEqual(new long[Quiet]))
        {
            long before = PageFaults.Count();
            for (int i = 0; i < Steps; i++)
                Step();
            faults.Add((PageFaults.Count() - before) / Steps);
        }
        Assert.That(faults.TakeLast(Quiet), Is.All.Zero, $"page faults a step, in rounds of {Steps}: {string.Join(", ", faults)}");
    }

    static Tensor Noise(Shape shape, ulong stream)
    {
        float[] values = new float[shape.Count];
        new Philox(11, stream).Normal(values);
        return Tensor.From(values, shape);
    }
}
