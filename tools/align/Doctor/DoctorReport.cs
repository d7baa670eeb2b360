using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using AlignT2I.Files;
using AlignT2I.Native;

namespace AlignT2I.Align.Doctor;

/// <summary>What is on this machine, and what is not.</summary>
/// <param name="Version">Version of this program.</param>
/// <param name="Runtime">.NET and the system.</param>
/// <param name="Threads">Processors that this process may use.</param>
/// <param name="VectorBits">Widest vectors that the CPU computes with.</param>
/// <param name="MemoryBytes">Memory that this process may use.</param>
/// <param name="Libraries">Libraries, found or missing.</param>
/// <param name="Devices">GPUs.</param>
internal sealed record DoctorReport(
    string Version, string Runtime, int Threads, int VectorBits, long MemoryBytes,
    IReadOnlyList<LibraryStatus> Libraries, IReadOnlyList<DeviceStatus> Devices)
{
    /// <summary>What to do about each library that is missing.</summary>
    public IEnumerable<string> Advice => Libraries.Where(l => l.Missing is not null).Select(l => l.Missing!);

    public static DoctorReport Take()
    {
        CudaInventory cuda = CudaInventory.Take();
        IEnumerable<LibraryStatus> images = ImageLibraries.Find().Select(d => new LibraryStatus(d.Library, null, null, d.Missing));
        return new DoctorReport(
            typeof(DoctorReport).Assembly.GetName().Version!.ToString(3),
            $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}",
            Environment.ProcessorCount,
            Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128,
            GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, [.. cuda.Libraries, .. images], cuda.Devices);
    }
}
