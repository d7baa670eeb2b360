namespace AlignT2I.Engine.Tests.Cuda;

/// <summary>Every operation's kernels, run thread by thread, against float64 on the CPU.</summary>
internal sealed class CudaOpTests : CudaFixture
{
    [Test]
    public void Every_type_agrees_with_float64(
        [ValueSource(typeof(OpCases), nameof(OpCases.All))] OpCase c, [Values(DType.F32, DType.BF16, DType.F16)] DType dtype)
    {
        long before = Cuda.LiveBytes;
        CrossBackendCheck.Run(c, Cuda, dtype, Tolerance.For(dtype));
        Assert.That(Cuda.LiveBytes, Is.EqualTo(before), "bytes left alive");
    }
}
