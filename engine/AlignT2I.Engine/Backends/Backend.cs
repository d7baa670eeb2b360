using System.Globalization;
using AlignT2I.Engine.Backends.Cpu;
using AlignT2I.Engine.Backends.Cuda;
using AlignT2I.Files;
using AlignT2I.Native;

namespace AlignT2I.Engine;

/// <summary>Memory and kernels of one device. One partial file per family of operations; the same names column by column in each
/// backend.</summary>
public abstract partial class Backend
{
    /// <summary>The CPU backend, one for the process.</summary>
    public static Backend Cpu { get; } = new CpuBackend();

    /// <summary>Opens a device by its name. Open each once: tensors of two backends on one device are strangers.</summary>
    /// <param name="device"><c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>.</param>
    /// <param name="options">How a GPU computes; null for what ALIGNT2I_CUDA_OPTIONS says.</param>
    /// <exception cref="UsageException">There is no such name.</exception>
    /// <exception cref="CudaUnavailableException">The machine has no such GPU, or a library is missing.</exception>
    public static Backend Open(string device, CudaOptions? options = null)
    {
        if (device == "cpu")
            return Cpu;
        string[] parts = device.Split(':');
        int index = 0;
        if (parts[0] != "cuda" || parts.Length > 2
            || (parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out index)))
            throw new UsageException($"'{device}' is no device; expected cpu, cuda, or cuda: and a number, such as cuda:1.");
#if MANAGED_CUDA
        CudaLibraries libraries = ManagedCuda.ManagedCudaLibraries.Open();
#else
        CudaLibraries libraries = CudaLibraries.Native();
#endif
        if (index >= libraries.Driver.DeviceCount)
        {
            throw new CudaUnavailableException(
                $"{device}: this machine has {libraries.Driver.DeviceCount} GPUs, numbered from 0; choose another.");
        }

        return new CudaBackend(libraries, index, options ?? CudaOptions.FromEnvironment());
    }

    /// <summary>The device in words, as in <c>cpu</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The type that networks compute in here unless another is asked for: where a device has fast 16-bit arithmetic,
    /// that.</summary>
    public abstract DType ComputeType { get; }

    /// <summary>Bytes that live tensors hold now.</summary>
    public abstract long LiveBytes { get; }

    /// <summary>Largest value <see cref="LiveBytes"/> has had.</summary>
    public abstract long PeakBytes { get; }

    /// <summary>Bytes taken from the system: live tensors and the pool's free blocks.</summary>
    public abstract long ReservedBytes { get; }

    /// <summary>Bytes that tensors may still take: what the device has free, and the pool's free blocks.</summary>
    public abstract long AvailableBytes { get; }

    /// <summary>Bytes of the copies of weights that kernels make for themselves while weights do not change, as a prediction.</summary>
    /// <param name="weights">Shapes of the weights: [O, I] of a linear layer, [O, kH, kW, I] of a convolution.</param>
    /// <param name="dtype">Their type.</param>
    /// <param name="available">Bytes that are left for copies and for tensors to come.</param>
    public virtual long PackedBytesOf(IEnumerable<Shape> weights, DType dtype, long available) => 0;

    /// <summary>Whether the process reads this memory directly.</summary>
    internal abstract bool IsHost { get; }

    /// <summary>
    /// Makes work that is done again and again, with the same shapes in the same memory, one launch on devices that can record it.
    /// </summary>
    /// <param name="work">
    /// Operations that read its inputs, and read and write tensors made before; what it makes itself ends with it. No value goes to or
    /// comes from the host: where it is recorded, it is called for the first two runs of each shape of inputs only, and those that follow
    /// repeat what it asked of the device.
    /// </param>
    public abstract RecordedWork Record(Action<Tensor[]> work);

    /// <summary>The same for work without inputs.</summary>
    public RecordedWork Record(Action work) => Record(_ => work());

    /// <summary>
    /// Does what cannot be recorded, such as talking to other processes, in the middle of recorded work: in every run, between what was
    /// recorded before and after it. At other times it is simply done.
    /// </summary>
    public virtual void Unrecorded(Action action) => action();

    /// <summary>
    /// Gives large blocks that no tensor uses back to the system. For work whose next part needs blocks of other sizes; taking them anew
    /// costs time, so not for a loop.
    /// </summary>
    public virtual void Trim()
    {
    }

    /// <summary>A new name for devices of several processes that belong together; one process gives it to all.</summary>
    /// <exception cref="InvalidOperationException">
    /// It is no device: processes exchange what is in their own memory by other means.
    /// </exception>
    public virtual byte[] NewPeersId() => throw NoPeers();

    /// <summary>Connects this device with those of the other processes: returns when all are there.</summary>
    /// <param name="id">Result of <see cref="NewPeersId"/> of one of them.</param>
    /// <param name="rank">Number of this process, from 0.</param>
    /// <param name="size">Number of processes.</param>
    /// <exception cref="InvalidOperationException">It is no device.</exception>
    public virtual DevicePeers JoinPeers(byte[] id, int rank, int size) => throw NoPeers();

    InvalidOperationException NoPeers() => new($"{Name} is no device that has peers.");

    internal abstract nint Allocate(long bytes);

    internal abstract void Free(nint pointer, long bytes);

    /// <summary>Copies elements from the process; the span is free once this returns.</summary>
    internal abstract void Upload(ReadOnlySpan<byte> from, Tensor to);

    /// <summary>Copies elements to the process: waits for the device.</summary>
    internal abstract void Download(Tensor from, Span<byte> to);

    /// <summary>Waits until everything that was asked for is done.</summary>
    internal abstract void Synchronize();

    internal abstract void Fill(Tensor x, double value);

    /// <summary>y = x, bit for bit; same shape count and dtype.</summary>
    internal abstract void Copy(Tensor x, Tensor y);

    /// <summary>sum += x, elementwise; how gradients accumulate. The sum may be float32 where x is half.</summary>
    internal abstract void Accumulate(Tensor sum, Tensor x);
}
