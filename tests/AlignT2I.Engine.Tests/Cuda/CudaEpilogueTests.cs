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
}
