using AlignT2I.Engine.Backends.Cuda;

namespace AlignT2I.Engine.Tests.Cuda;

/// <summary>One emulated device for the tests of a fixture, with every tensor in memory of its own.</summary>
internal abstract class CudaFixture
{
    EmulatedCuda? emulated;

    protected CudaBackend Cuda => (CudaBackend)emulated!.Backend;

    /// <summary>Kernels of our own that have been started.</summary>
    protected int KernelLaunches => emulated!.KernelLaunches;

    [OneTimeSetUp]
    public void Open() => emulated = EmulatedCuda.Open();

    [OneTimeTearDown]
    public void Close() => emulated?.Dispose();
}
