using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Parity;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Models.Tests.StableDiffusion;

internal sealed class UNet2DConditionTests
{
    static UNet2DConditionConfig Miniature => new()
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

    static ParameterStore Weights() => new(new SyntheticParameters(new SyntheticWeights(SyntheticVariant.V1, 3)));

    static Tensor Noise(Shape shape, ulong stream)
    {
        float[] values = new float[shape.Count];
        new Philox(11, stream).Normal(values);
        return Tensor.From(values, shape);
    }

    [TestCase(new[] { 2, 8, 6, 9 }, new[] { 2 }, new[] { 2, 5, 96 }, "sample is [2, 8, 6, 9]")]
    [TestCase(new[] { 2, 8, 6, 4 }, new[] { 1 }, new[] { 2, 5, 96 }, "timesteps are [1]; expected [2]")]
    [TestCase(new[] { 2, 8, 6, 4 }, new[] { 2 }, new[] { 2, 5, 64 }, "encoderHiddenStates are [2, 5, 64]; expected [2, S, 96]")]
    [TestCase(new[] { 2, 8, 6, 4 }, new[] { 2 }, new[] { 3, 5, 96 }, "encoderHiddenStates are [3, 5, 96]")]
    public void Inputs_that_do_not_fit_are_refused(int[] sample, int[] timesteps, int[] states, string sentence)
    {
        using MemoryScope scope = MemoryScope.Open();
        using ParameterStore store = Weights();
        var unet = new UNet2DCondition(store.Root, Miniature);
        Assert.That(() => unet.Call(Noise(sample, 0), Noise(timesteps, 1), Noise(states, 2)),
            Throws.TypeOf<ShapeException>().With.Message.Contains(sentence));
    }

    [Test]
    public void A_configuration_that_contradicts_itself_is_refused()
    {
        using ParameterStore store = Weights();
        UNet2DConditionConfig config = Miniature with { NormNumGroups = 36 };
        Assert.That(() => new UNet2DCondition(store.Root, config),
            Throws.TypeOf<FileFormatException>().With.Message.Contains("norm_num_groups = 36"));
    }

    [Test]
    public void Each_sample_is_computed_for_itself()
    {
        using MemoryScope scope = MemoryScope.Open();
        using ParameterStore store = Weights();
        var unet = new UNet2DCondition(store.Root, Miniature);
        Tensor sample = Noise([3, 8, 6, 4], 0), states = Noise([3, 5, 96], 2), timesteps = Tensor.From([7f, 400f, 999f], [3]);
        float[] together = unet.Call(sample, timesteps, states).ToArray<float>();

        int size = 8 * 6 * 4, stateSize = 5 * 96;
        for (int n = 0; n < 3; n++)
        {
            float[] alone = unet.Call(
                Tensor.From(sample.ToArray<float>().AsSpan(n * size, size), [1, 8, 6, 4]),
                Tensor.From(timesteps.ToArray<float>().AsSpan(n, 1), [1]),
                Tensor.From(states.ToArray<float>().AsSpan(n * stateSize, stateSize), [1, 5, 96])).ToArray<float>();
            Assert.That(alone, Is.EqualTo(together.AsSpan(n * size, size).ToArray()).Within(2e-5f), $"sample {n}");
        }
    }

    [Test]
    public void Odd_heights_and_widths_come_back_on_the_way_up()
    {
        using MemoryScope scope = MemoryScope.Open();
        using ParameterStore store = Weights();
        UNet2DConditionConfig deep = Miniature with
        {
            BlockOutChannels = [16, 16, 32],
            DownBlockTypes = ["DownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
            UpBlockTypes = ["UpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
        };
        var unet = new UNet2DCondition(store.Root, deep);
        Tensor y = unet.Call(Noise([1, 7, 5, 4], 0), Tensor.From([9f], [1]), Noise([1, 5, 96], 2));
        Assert.That(y.Shape.ToString(), Is.EqualTo("[1, 7, 5, 4]"));
    }

    [TestCase(7, 5)]
    [TestCase(8, 5)]
    [TestCase(7, 6)]
    [TestCase(8, 6)]
    public void Upsampling_to_a_size_is_the_nearest_neighbours(int height, int width)
    {
        using MemoryScope scope = MemoryScope.Open();
        using ParameterStore store = Weights();
        var upsample = new Upsample2D(store.Root, channels: 3);
        Tensor x = Noise([2, 4, 3, 3], 0);
        float[] from = x.ToArray<float>(), to = new float[2 * height * width * 3];
        for (int i = 0; i < to.Length; i++)
        {
            (int n, int row, int column, int c) = (i / 3 / width / height, i / 3 / width % height, i / 3 % width, i % 3);
            to[i] = from[((n * 4 + row * 4 / height) * 3 + column * 3 / width) * 3 + c];      // torch's index: floor(i * in / out)
        }
        Tensor expected = F.Conv2d(
            Tensor.From(to, [2, height, width, 3]), store["conv.weight"].Value, store["conv.bias"].Value, stride: 1, padding: 1);
        float[] found = upsample.Call(x, Noise([2, height, width, 8], 1)).ToArray<float>();
        Assert.That(found, Is.EqualTo(expected.ToArray<float>()).Within(1e-6f));
    }

    [Test]
    public void Training_steps_leave_no_memory_behind()
    {
        using MemoryScope scope = MemoryScope.Open();
        using ParameterStore store = Weights();
        var unet = new UNet2DCondition(store.Root, Miniature);
        store.RequireGrad();
        using var adam = new AdamW(store.Parameters);
        var live = new List<long>();
        for (int step = 0; step < 4; step++)
        {
            using (MemoryScope.Open())
            {
                using Tape tape = Tape.Open();
                store.ClearGrad();
                tape.Backward(F.MseLoss(unet.Call(Noise([2, 8, 8, 4], 0), Noise([2], 1), Noise([2, 5, 96], 2)), Noise([2, 8, 8, 4], 3)));
                adam.Step(1e-4);
            }
            live.Add(Backend.Cpu.LiveBytes);
        }
        Assert.That(live, Is.All.EqualTo(live[0]));
    }

    [Test]
    public void What_is_saved_is_loaded_again()
    {
        using MemoryScope scope = MemoryScope.Open();
        string path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"unet-{Guid.NewGuid():N}.safetensors");
        Tensor sample = Noise([1, 8, 8, 4], 0), timesteps = Tensor.From([10f], [1]), states = Noise([1, 5, 96], 2);
        try
        {
            using ParameterStore store = Weights();
            float[] before = new UNet2DCondition(store.Root, Miniature).Call(sample, timesteps, states).ToArray<float>();
            ParameterFile.Save(path, store.Parameters);

            using SafetensorsFile file = SafetensorsFile.Open(path);
            using var loaded = new ParameterStore(new SafetensorsParameters(file));
            var unet = new UNet2DCondition(loaded.Root, Miniature);
            loaded.Finish();
            Assert.That(unet.Call(sample, timesteps, states).ToArray<float>(), Is.EqualTo(before));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
