namespace AlignT2I.Engine.Tests.Cpu;

public class ActivationKernelTests
{
    static readonly (string Name, Func<Tensor, Tensor> Function)[] functions =
    [
        ("Silu", F.Silu), ("Gelu", F.Gelu), ("GeluTanh", F.GeluTanh), ("QuickGelu", F.QuickGelu), ("Relu", F.Relu),
        ("Sigmoid", F.Sigmoid), ("Tanh", F.Tanh), ("Exp", F.Exp), ("Geglu", F.Geglu),
    ];

    static IEnumerable<string> Names => functions.Select(f => f.Name);

    [TestCaseSource(nameof(Names))]
    public void Float32_agrees_with_float64_over_the_range_and_several_threads(string name)
    {
        using MemoryScope scope = MemoryScope.Open();
        Func<Tensor, Tensor> function = functions.Single(f => f.Name == name).Function;
        float[] values = [.. Enumerable.Range(0, 100_006).Select(i => -12 + 24f * ((i * 7919L) % 100_003) / 100_003)];
        Tensor narrow = Tensor.From(values, [values.Length]);
        Tensor wide = Tensor.From([.. values.Select(v => (double)v)], [values.Length]);
        (Tensor y32, Tensor dx32) = Run(function, narrow);
        (Tensor y64, Tensor dx64) = Run(function, wide);
        double largestFactor = name == "Geglu" ? 12 : 1;       // the gate is multiplied by values of up to 12, and its error with it
        Compare(y32, y64, largestFactor, "value");
        Compare(dx32, dx64, largestFactor, "derivative");
    }

    [Test]
    public void Log_in_float32_agrees_with_float64()
    {
        using MemoryScope scope = MemoryScope.Open();
        float[] values = [.. Enumerable.Range(1, 40_001).Select(i => i * i * 1e-5f)];
        float[] y = F.Log(Tensor.From(values, [values.Length])).ToArray<float>();
        for (int i = 0; i < y.Length; i++)
        {
            double exact = Math.Log(values[i]);
            double spacing = exact == 0 ? 0 : Math.ScaleB(1, Math.ILogB(exact) - 23);       // of float32 numbers there
            Assert.That(y[i], Is.EqualTo(exact).Within(2.5 * spacing), $"log {values[i]}");
        }
    }

    [Test]
    public void Saturated_activations_stay_finite()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor x = Tensor.From([-1e15f, -1e4f, -200f, 200f, 1e4f, 1e15f], [6]);
        foreach ((string name, Func<Tensor, Tensor> function) in functions.Where(f => f.Name is not "Exp"))
        {
            (Tensor y, Tensor dx) = Run(function, x.Clone());
            Assert.That(y.ToArray<float>(), Is.All.Matches<float>(float.IsFinite), name);
            Assert.That(dx.ToArray<float>(), Is.All.Matches<float>(float.IsFinite), $"derivative of {name}");
        }
    }

    [Test]
    public void Geglu_of_an_odd_axis_is_refused()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor x = Tensor.Zeros([2, 7], DType.F32, Backend.Cpu);
        Assert.That(() => F.Geglu(x), Throws.TypeOf<ShapeException>().With.Message.Contains("must be even"));
    }

    static (Tensor Y, Tensor Dx) Run(Func<Tensor, Tensor> function, Tensor x)
    {
        Tensor leaf = x.Clone();
        leaf.RequiresGrad = true;
        using Tape tape = Tape.Open();
        Tensor y = function(leaf);
        tape.Backward(y, Tensor.Full(y.Shape, y.DType, Backend.Cpu, 1));
        return (y, leaf.Grad!);
    }

    /// <summary>Within 5e-7 of the value, or of the scale where it is smaller: a few roundings of float32.</summary>
    static void Compare(Tensor y32, Tensor y64, double scale, string what)
    {
        float[] found = y32.ToArray<float>();
        double[] exact = y64.ToArray<double>();
        for (int i = 0; i < found.Length; i++)
        {
            if (!(Math.Abs(found[i] - exact[i]) <= 5e-7 * Math.Max(scale, Math.Abs(exact[i]))))
                Assert.Fail($"{what} of element {i} is {found[i]:R}, not {exact[i]:R}");
        }
    }
}
