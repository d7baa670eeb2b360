using AlignT2I.Native;

namespace AlignT2I.Engine.Tests.Cuda;

/// <summary>A real GPU; without one the tests of a fixture are skipped.</summary>
[Category("Gpu")]
internal abstract class GpuFixture
{
    protected Backend Gpu { get; private set; } = null!;

    protected virtual CudaOptions Options => new();

    [OneTimeSetUp]
    public void Open()
    {
        try
        {
            Gpu = Backend.Open("cuda", Options);
        }
        catch (CudaUnavailableException e)
        {
            Assert.Ignore(e.Message);
        }
    }

    [OneTimeTearDown]
    public void Close() => (Gpu as IDisposable)?.Dispose();

    /// <summary>Output and gradients; float32 within what float32 sums differ by, 16 bits within their own rounding.</summary>
    protected void Check(DType dtype, double tolerance16, Func<Tensor[], Tensor> function, params Tensor[] inputs)
    {
        double tolerance = dtype == DType.F32 ? 2e-5 : tolerance16;
        Tensor[] rounded = [.. inputs.Select(x => F.Cast(F.Cast(x, dtype), DType.F32))];
        (Tensor y, Tensor[] gradients) = Differentiate(function, [.. inputs.Select(x => F.Cast(x.To(Gpu), dtype))]);
        (Tensor expected, Tensor[] expectedGradients) = Differentiate(function, rounded);
        TensorAssert.Close(OnCpu(y), expected, tolerance, "output");
        for (int i = 0; i < inputs.Length; i++)
            TensorAssert.Close(OnCpu(gradients[i]), expectedGradients[i], tolerance, $"gradient of input {i}");
    }

    protected static (Tensor Output, Tensor[] Gradients) Differentiate(Func<Tensor[], Tensor> function, Tensor[] leaves)
    {
        foreach (Tensor leaf in leaves)
            leaf.RequiresGrad = true;
        using Tape tape = Tape.Open();
        Tensor y = function(leaves);
        Tensor cotangent = Numbers(y.Shape, 9);
        tape.Backward(y, y.Backend == Backend.Cpu ? cotangent : F.Cast(cotangent.To(y.Backend), y.DType));
        return (y, [.. leaves.Select(leaf => leaf.Grad!)]);
    }

    protected static Tensor OnCpu(Tensor x) => F.Cast(x.To(Backend.Cpu), DType.F32);

    /// <summary>Numbers of eight bits, exact in every type.</summary>
    protected static Tensor Numbers(Shape shape, int seed)
    {
        Random random = new(seed);
        return Tensor.From([.. Enumerable.Range(0, (int)shape.Count).Select(_ => random.Next(-128, 128) / 128f)], shape);
    }
}
