namespace AlignT2I.Engine.Tests;

/// <summary>Masters in float32, copies in 16 bits.</summary>
internal sealed class MixedPrecisionTests
{
    [Test]
    public void Weights_are_half_and_normalizations_float32([Values(DType.BF16, DType.F16)] DType dtype, [Values] bool masters)
    {
        using MemoryScope scope = MemoryScope.Open();
        using ParameterStore single = new(Backend.Cpu, DType.F32, new RandomParameters(5));
        using ParameterStore half = new(Backend.Cpu, dtype, new RandomParameters(5), masters);
        _ = new Block(single.Root);
        _ = new Block(half.Root);
        Assert.That(half["norm.weight"].Value.DType, Is.EqualTo(DType.F32));
        Assert.That(half["norm.weight"].HalfCopy, Is.Null);
        foreach (string name in new[] { "conv.weight", "conv.bias", "linear.weight" })
        {
            Assert.That(half[name].Operand.DType, Is.EqualTo(dtype));
            TensorAssert.Same(half[name].Operand, F.Cast(single[name].Value, dtype), name);
            Assert.That(half[name].HalfCopy, masters ? Is.Not.Null : Is.Null);
            if (masters)
                TensorAssert.Same(half[name].Value, single[name].Value, $"master of {name}");
        }
    }

    [Test]
    public void Gradients_of_half_parameters_gather_in_float32()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor weight = F.Cast(Tensor.From([1f, 1], [1, 2]), DType.BF16);
        weight.RequiresGrad = true;
        float[][] inputs = [[256, 512], [1, 1], [1, 1]];     // 256 + 1 is 256 in bfloat16
        foreach (float[] x in inputs)
        {
            using Tape tape = Tape.Open();
            tape.Backward(F.Linear(F.Cast(Tensor.From(x, [1, 2]), DType.BF16), weight));
        }

        Assert.That(weight.Grad!.ToArray<float>(), Is.EqualTo([258f, 514]));
    }

    [Test]
    public void One_pass_updates_master_copy_and_average_as_three_do(
        [Values(DType.BF16, DType.F16)] DType dtype, [Values("AdamW", "Sgd")] string kind)
    {
        using MemoryScope scope = MemoryScope.Open();
        Parameter[] plain = Parameters(null), mixed = Parameters(dtype);
        using Optimizer separate = Create(kind, plain), fused = Create(kind, mixed);
        using Ema plainAverage = new(plain, 0.9, warmUp: true), mixedAverage = new(mixed, 0.9, warmUp: true);
        for (int step = 0; step < 3; step++)
        {
            separate.Step(0.01, 0.5);
            plainAverage.Update();
            fused.Step(0.01, 0.5, mixedAverage);
        }

        for (int k = 0; k < plain.Length; k++)
        {
            TensorAssert.Same(mixed[k].Value, plain[k].Value, $"master {k}");
            TensorAssert.Same(mixed[k].HalfCopy!, F.Cast(plain[k].Value, dtype), $"copy {k}");
            TensorAssert.Same(mixedAverage.Averages[k].Value, plainAverage.Averages[k].Value, $"average {k}");
        }
    }

    [Test]
    public void Half_parameters_without_masters_are_not_trained()
    {
        using MemoryScope scope = MemoryScope.Open();
        using ParameterStore store = new(Backend.Cpu, DType.F16, new RandomParameters(5));
        _ = new Block(store.Root);
        Assert.That(() => new AdamW(store.Parameters), Throws.ArgumentException.With.Message.Contains("'conv.weight' is F16"));
    }

    /// <summary>Two that get gradients, one that does not; with <paramref name="dtype"/> as masters of half copies.</summary>
    static Parameter[] Parameters(DType? dtype) => [.. Enumerable.Range(0, 3).Select(k =>
    {
        Tensor value = Random(k, 40_001), operand = dtype is { } half ? F.Cast(value, half) : value;
        if (k < 2)
        {
            operand.RequiresGrad = true;
            operand.Variable!.Accumulate(Random(10 + k, 40_001));
        }

        return new Parameter($"p{k}", value, ParameterLayout.AsInFile) { HalfCopy = dtype is null ? null : operand };
    })];

    static Tensor Random(int stream, int count)
    {
        float[] values = new float[count];
        new Philox(8, (ulong)stream).Normal(values);
        return Tensor.From(values, [count]);
    }

    static Optimizer Create(string kind, Parameter[] parameters) =>
        kind == "Sgd" ? new Sgd(parameters, momentum: 0.9) : new AdamW(parameters);

    sealed class Block : Module<Tensor>
    {
        readonly Conv2d conv;
        readonly GroupNorm norm;
        readonly Linear linear;

        public Block(ParameterBuilder p)
        {
            conv = new Conv2d(p["conv"], 3, 4, kernel: 3, padding: 1);
            norm = new GroupNorm(p["norm"], groups: 2, 4, eps: 1e-5f);
            linear = new Linear(p["linear"], 4, 5);
        }

        protected override Tensor Forward(Tensor x) => linear.Call(norm.Call(conv.Call(x)));
    }
}
