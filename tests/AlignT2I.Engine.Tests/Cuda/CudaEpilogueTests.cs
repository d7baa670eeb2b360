namespace AlignT2I.Engine.Tests.Cuda;

/// <summary>Epilogues on the emulated device, outside a tape: by a library, by our own kernel, or by both.</summary>
internal sealed class CudaEpilogueTests : CudaFixture
{
    [Test]
    public void Epilogues_agree_with_float64_on_the_cpu(
        [ValueSource(typeof(EpilogueCase), nameof(EpilogueCase.All))] EpilogueCase c, [Values] Activation activation,
        [Values(DType.F32, DType.BF16)] DType dtype)
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor[] inputs = c.Inputs(dtype);
        Tensor[] onDevice = [.. inputs.Select(x => x.To(Cuda))], wide = [.. inputs.Select(x => F.Cast(x, DType.F64))];
        foreach (bool all in new[] { false, true })
        {
            Tensor found = c.Fused(onDevice, all, activation).To(Backend.Cpu);
            TensorAssert.Close(found, c.Separate(wide, all, activation), Tolerance.For(dtype).Output, $"all {all}");
        }
    }

    [TestCase(false, Activation.None, 0)]
    [TestCase(true, Activation.None, 0)]
    [TestCase(true, Activation.GeluTanh, 0)]
    [TestCase(true, Activation.Silu, 1)]
    public void The_library_writes_bias_residual_and_its_gelu_with_the_product(bool hasResidual, Activation activation, int kernels)
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor x = Random(3, 16), weight = Random(24, 16), bias = Random(24), residual = Random(3, 24);
        int before = KernelLaunches;
        F.Linear(x, weight, bias, hasResidual ? residual : null, activation);
        Assert.That(KernelLaunches - before, Is.EqualTo(kernels));

        Tensor Random(params int[] shape) => Tensor.Full([.. shape], DType.F32, Cuda, 0.5);
    }
}
