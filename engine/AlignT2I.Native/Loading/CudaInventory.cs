using System.Diagnostics;

namespace AlignT2I.Native;

/// <summary>What of CUDA is on this machine.</summary>
public sealed class CudaInventory
{
    CudaInventory(IReadOnlyList<LibraryStatus> libraries, IReadOnlyList<DeviceStatus> devices) =>
        (Libraries, Devices) = (libraries, devices);

    /// <summary>Driver, compiler, matrix products, convolutions.</summary>
    public IReadOnlyList<LibraryStatus> Libraries { get; }

    /// <summary>The GPUs that the driver sees.</summary>
    public IReadOnlyList<DeviceStatus> Devices { get; }

    /// <summary>Looks for everything and asks it for its version. Nothing stays open but the libraries themselves.</summary>
    public static CudaInventory Take()
    {
        NativeCudaDriver? driver = null;
        List<LibraryStatus> libraries =
        [
            Status(SharedLibraries.Driver, () => $"CUDA {(driver = new NativeCudaDriver()).Version}"),
            Status(SharedLibraries.Nvrtc, () => new NativeNvrtc().Version.ToString()),
            Status(SharedLibraries.CublasLt, () =>
            {
                using NativeCublasLt blas = new();
                return blas.Version.ToString();
            }),
            Status(SharedLibraries.Cudnn, () =>
            {
                using NativeCudnn dnn = new();
                return dnn.Version.ToString();
            }),
        ];
        return new CudaInventory(
            libraries, driver is null ? [] : [.. Enumerable.Range(0, driver.DeviceCount).Select(i => Device(driver, i))]);
    }

    static LibraryStatus Status(SharedLibrary library, Func<string> version)
    {
        try
        {
            string found = version();
            return new LibraryStatus(library.Title, found, FileOf(library), Missing: null);
        }
        catch (Exception e) when (e is CudaUnavailableException or CudaException)
        {
            return new LibraryStatus(library.Title, Version: null, FileOf(library), e.Message);
        }
    }

    static string? FileOf(SharedLibrary library)
    {
        if (LibraryLoader.TryLoad(library) is not { } loaded)
            return null;
        string name = loaded.Version.FileName;
        if (loaded.Folder.Length > 0)
            return Path.Combine(loaded.Folder, name);
        // The system's search followed links: libnvrtc.so.12 is in memory as libnvrtc.so.12.4.127.
        string stem = name.Split('.')[0] + ".";
        using Process self = Process.GetCurrentProcess();
        return self.Modules.Cast<ProcessModule>().Select(m => m.FileName)
            .FirstOrDefault(f => Path.GetFileName(f).StartsWith(stem, StringComparison.OrdinalIgnoreCase)) ?? name;
    }

    static DeviceStatus Device(NativeCudaDriver driver, int index)
    {
        int major = driver.DeviceAttribute(index, CudaDeviceAttribute.ComputeCapabilityMajor);
        int minor = driver.DeviceAttribute(index, CudaDeviceAttribute.ComputeCapabilityMinor);
        driver.MakeCurrent(driver.RetainPrimaryContext(index));
        (long free, long total) = driver.MemoryInfo();
        driver.ReleasePrimaryContext(index);
        return new DeviceStatus($"cuda:{index}", driver.DeviceName(index), $"sm_{major}{minor}", free, total);
    }
}
