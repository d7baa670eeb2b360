using AlignT2I.Native;

namespace AlignT2I.Engine.Backends.Cuda;

/// <summary>An NVIDIA GPU: matrix products, convolutions and fused attention by its libraries, everything else by Kernels/*.cu.</summary>
/// <remarks>All work is queued in one stream; only reading values waits for it.</remarks>
internal sealed partial class CudaBackend : Backend, IDisposable
{
    /// <summary>Threads of a block where a kernel's comment says no other number.</summary>
    const int Threads = 256;

    readonly CudaDevice device;
    readonly CudaOptions options;
    readonly CudaAllocator allocator;
    readonly CudaStaging staging;
    readonly CudaKernels kernels;
    readonly CudaFaults faults;
    readonly CudaProducts products;
    readonly CudaConvolutions convolutions;
    readonly CudaAttention attention;
    readonly CudaOptimizer optimizer;

    /// <summary>Opens a device.</summary>
    /// <param name="libraries">The four seams; they stay the caller's.</param>
    /// <param name="index">Number of the device, from 0.</param>
    /// <param name="options">How to compute.</param>
    /// <exception cref="CudaException">The device cannot be used.</exception>
    public CudaBackend(CudaLibraries libraries, int index, CudaOptions options)
    {
        this.options = options;
        device = new CudaDevice(libraries.Driver, index);
        allocator = new CudaAllocator(device, options.CacheMemory);
        staging = new CudaStaging(device);
        CudaCache cache = new(options.CacheFolder);
        kernels = new CudaKernels(device, libraries.Nvrtc, cache);
        faults = new CudaFaults(device, staging);
        products = new CudaProducts(this, libraries.Blas);
        convolutions = new CudaConvolutions(this, libraries.Dnn, cache);
        attention = new CudaAttention(device, libraries.Dnn);
        optimizer = new CudaOptimizer(this);
    }

    public override string Name => $"cuda:{device.Index}";

    /// <summary>bfloat16 from compute capability 8.0 on.</summary>
    public override DType ComputeType => device.Architecture >= 80 ? DType.BF16 : DType.F16;

    public override long LiveBytes => allocator.LiveBytes;

    public override long PeakBytes => allocator.PeakBytes;

    public override long ReservedBytes => allocator.ReservedBytes;

    public override long AvailableBytes => device.Driver.MemoryInfo().Free + ReservedBytes - LiveBytes;

    internal override bool IsHost => false;

    internal CudaDevice Device => device;

    internal CudaOptions Options => options;

    internal CudaAllocator Allocator => allocator;

    internal CudaStaging Staging => staging;

    public void Dispose()
    {
        device.Synchronize();       // plans and modules must not go while their kernels run
        optimizer.Dispose();
        attention.Dispose();
        convolutions.Dispose();
        products.Dispose();
        faults.Dispose();
        staging.Dispose();
        allocator.ReleaseRecorded();
        allocator.ReleaseFree();
        kernels.Dispose();
        device.Dispose();
    }

    internal override nint Allocate(long bytes) => allocator.Allocate(bytes);

    internal override void Free(nint pointer, long bytes) => allocator.Free(pointer);

    internal override void Upload(ReadOnlySpan<byte> from, Tensor to)
    {
        if (allocator.IsCapturing)
            throw new InvalidOperationException("a recorded step cannot take values from the host; write them into a tensor before it.");
        staging.Upload(from, to.Live.Pointer);
    }

    internal override void Download(Tensor from, Span<byte> to)
    {
        if (allocator.IsCapturing)
            throw new InvalidOperationException("a recorded step cannot give values to the host; read them from a tensor after it.");
        staging.Download(from.Live.Pointer, to);
        faults.Check();
    }

    internal override void Synchronize()
    {
        device.Synchronize();
        faults.Check();
    }

    internal override void Copy(Tensor x, Tensor y)
    {
        if (y.Count > 0)
            device.Driver.CopyOnDevice(y.Live.Pointer, x.Live.Pointer, y.Count * y.DType.Size, device.Stream);
    }

    internal override void Fill(Tensor x, double value)
    {
        long bytes = x.Count * x.DType.Size;
        if (bytes == 0)
            return;
        ulong pattern = Pattern(x.DType, value);
        if (pattern == 0)
            device.Driver.SetBytes(x.Live.Pointer, 0, bytes, device.Stream);
        else
            Launch(Kernel("move.cu", "WORD=16", "fill"), Blocks(bytes / 16), P(x), pattern, bytes);
    }

    internal override void Accumulate(Tensor sum, Tensor x)
    {
        if (x.Count > 0)
            Launch(
                Kernel("arithmetic.cu", x.DType, sum.DType == x.DType ? "accumulate_scalar" : "accumulate_float"), PackBlocks(x),
                P(sum), P(x), x.Count);
    }

    /// <summary>Scratch memory for one call; the next request in the stream may have it once it is disposed.</summary>
    internal CudaScratch Scratch(long bytes) => new(allocator, bytes);

    internal CudaFunction Kernel(string file, DType scalar, string name) => Kernel(file, Macro(scalar), name);

    internal CudaFunction Kernel(string file, string define, string name, string second = "") =>
        kernels[new CudaKernelKey(file, define, second, name)];

    /// <summary>Queues a row of blocks of 256 threads.</summary>
    internal void Launch(CudaFunction kernel, int blocks, params ReadOnlySpan<KernelArg> arguments) =>
        Launch(kernel, new LaunchShape(blocks, Threads), arguments);

    internal void Launch(CudaFunction kernel, in LaunchShape shape, params ReadOnlySpan<KernelArg> arguments) =>
        device.Driver.Launch(kernel, shape, arguments, device.Stream);

    /// <summary>Blocks for one item per thread; from thirty-two a multiprocessor on threads take several.</summary>
    internal int Blocks(long items) => (int)Math.Clamp((items + Threads - 1) / Threads, 1, 32L * device.Multiprocessors);

    /// <summary>Blocks for one pack of 16 bytes per thread.</summary>
    internal int PackBlocks(Tensor x) => Blocks(x.Count * x.DType.Size / 16);

    internal static nint P(Tensor? x) => x?.Live.Pointer ?? 0;

    /// <summary>Elements in one access of 16 bytes.</summary>
    internal static int PackWidth(DType dtype) => 16 / dtype.Size;

    /// <summary>The name of a kernel's form for rows of so many elements.</summary>
    internal static string Form(string name, long columns, DType dtype) => columns % PackWidth(dtype) == 0 ? name : name + "_scalar";

    internal static int Divide(long items, long size) => checked((int)((items + size - 1) / size));

    static string Macro(DType scalar) => scalar switch
    {
        DType.F32 => "SCALAR_F32",
        DType.BF16 => "SCALAR_BF16",
        DType.F16 => "SCALAR_F16",
        _ => throw new DTypeException($"a CUDA device computes in F32, BF16 and F16, not {scalar}; convert with F.Cast."),
    };

    /// <summary>An element's bits, repeated to eight bytes.</summary>
    static ulong Pattern(DType dtype, double value) => dtype switch
    {
        DType.F64 => BitConverter.DoubleToUInt64Bits(value),
        DType.I64 => (ulong)(long)value,
        DType.F32 => 0x1_0000_0001UL * BitConverter.SingleToUInt32Bits((float)value),
        DType.I32 => 0x1_0000_0001UL * (uint)(int)value,
        DType.F16 => 0x1_0001_0001_0001UL * BitConverter.HalfToUInt16Bits((Half)value),
        DType.BF16 => 0x1_0001_0001_0001UL * BFloat16.FromSingle(BFloat16.ToOdd(value)),
        _ => 0x0101_0101_0101_0101UL * (byte)value,
    };
}
