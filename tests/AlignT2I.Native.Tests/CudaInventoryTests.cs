namespace AlignT2I.Native.Tests;

internal sealed class CudaInventoryTests
{
    [Test]
    public void What_is_there_is_listed_with_version_and_place()
    {
        CudaInventory inventory = CudaInventory.Take();
        LibraryStatus driver = inventory.Libraries[0], blas = inventory.Libraries[2], dnn = inventory.Libraries[3];
        Assert.That(driver, Is.EqualTo(new LibraryStatus("NVIDIA driver", "CUDA 13.1", In("libcuda.so.1"), null)));
        Assert.That(blas, Is.EqualTo(new LibraryStatus("cuBLASLt", "13.1.2", In("libcublasLt.so.13"), null)));
        Assert.That(dnn, Is.EqualTo(new LibraryStatus("cuDNN", "9.15.1", In("libcudnn.so.9"), null)));
        Assert.That(inventory.Devices.Select(d => (d.Device, d.Name)), Is.EqualTo(new[] { ("cuda:0", "stand-in"), ("cuda:1", "second") }));
        Assert.That(inventory.Devices[0].TotalBytes, Is.EqualTo(80_000_000_000));
    }

    static string In(string file) => Path.Combine(StandInLibraries.Folder, file);
}
