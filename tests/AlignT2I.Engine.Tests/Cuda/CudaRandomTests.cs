namespace AlignT2I.Engine.Tests.Cuda;

/// <summary>Random values are the CPU's, bit for bit.</summary>
internal sealed class CudaRandomTests : CudaFixture
{
    static readonly int[][] shapes = [[1], [5], [3, 7], [2, 0], [7, 300], [1, 1500], [40, 64]];

    [Test]
    public void Draws_are_those_of_the_cpu([ValueSource(nameof(shapes))] int[] shape) => RequireDrawsOfTheCpu(Cuda, shape);

    [Test]
    public void Extreme_words_give_the_same_numbers() => RequireExtremesOfTheCpu(Cuda);

    internal static void RequireDrawsOfTheCpu(Backend device, Shape shape)
    {
        using MemoryScope scope = MemoryScope.Open();
        PhiloxState[] states =
            [.. Enumerable.Range(0, shape[0]).Select(row => new PhiloxState(7, (ulong)row << 33, uint.MaxValue - (ulong)row))];
        RequireSame(Normal(device, shape, states), Normal(Backend.Cpu, shape, states));
        Philox onDevice = new(states[0]), onCpu = new(states[0]);
        Tensor found = Tensor.Empty(shape, DType.F32, device), expected = Tensor.Empty(shape, DType.F32, Backend.Cpu);
        onDevice.Uniform(found);
        onCpu.Uniform(expected);
        RequireSame(found, expected);
        Assert.That(onDevice.State, Is.EqualTo(onCpu.State));
    }

    internal static void RequireExtremesOfTheCpu(Backend device)
    {
        using MemoryScope scope = MemoryScope.Open();
        PhiloxState[] states = [.. PhiloxBlocks.Extreme.Select(words => PhiloxBlocks.Before(words, seed: 5))];
        RequireSame(Normal(device, [states.Length, 4], states), Normal(Backend.Cpu, [states.Length, 4], states));
    }

    static Tensor Normal(Backend backend, Shape shape, PhiloxState[] states)
    {
        Tensor values = Tensor.Empty(shape, DType.F32, backend);
        Philox.Normal(values, [.. states.Select(state => new Philox(state))]);
        return values;
    }

    static void RequireSame(Tensor found, Tensor expected) => Assert.That(
        found.ToArray<float>().Select(BitConverter.SingleToUInt32Bits),
        Is.EqualTo(expected.ToArray<float>().Select(BitConverter.SingleToUInt32Bits)));
}
