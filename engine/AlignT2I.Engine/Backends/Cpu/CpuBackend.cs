using System.Runtime.InteropServices;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>The CPU: SIMD kernels in C#, generic over float and double, on all cores; <see cref="HalfOperands"/> are the 16-bit
/// types.</summary>
internal sealed unsafe partial class CpuBackend : Backend
{
    readonly PackedWeights packedWeights;
    long liveBytes, peakBytes;

    /// <param name="packedBytes">Bytes that packed copies of weights may take; null for what <see cref="PackedWeights"/> says.</param>
    public CpuBackend(long? packedBytes = null) => packedWeights = new PackedWeights(packedBytes, () => AvailableBytes);

    public override string Name => "cpu";

    public override DType ComputeType => DType.F32;

    public override long LiveBytes => Volatile.Read(ref liveBytes);

    public override long PeakBytes => Volatile.Read(ref peakBytes);

    public override long AvailableBytes => AvailableMemory.Bytes() + ReservedBytes - LiveBytes - PackedBytes;

    public override long ReservedBytes => CpuAllocator.Current.ReservedBytes;

    public override long PackedBytesOf(IEnumerable<Shape> weights, DType dtype, long available) => dtype != DType.F32 ? 0
        : Math.Min(packedWeights.Limit(available), sizeof(float) * weights.Sum(w => PackedLayout.Of(w).Size));

    public override void Trim() => CpuAllocator.Current.Trim();

    /// <summary>Bytes of packed copies of weights.</summary>
    internal long PackedBytes => packedWeights.Bytes;

    /// <summary>Starts <see cref="PeakBytes"/> again from what is live now: what one piece of work takes.</summary>
    internal void ResetPeak() => Volatile.Write(ref peakBytes, LiveBytes);

    internal override bool IsHost => true;

    public override RecordedWork Record(Action<Tensor[]> work) => new RepeatedWork(work);

    internal override nint Allocate(long bytes)
    {
        long live = Interlocked.Add(ref liveBytes, CpuMemoryPool.BlockSize(bytes));
        for (long peak = PeakBytes; live > peak;)
        {
            long found = Interlocked.CompareExchange(ref peakBytes, live, peak);
            if (found == peak)
                break;
            peak = found;
        }
        return CpuAllocator.Current.Allocate(bytes);
    }

    internal override void Free(nint pointer, long bytes)
    {
        Interlocked.Add(ref liveBytes, -CpuMemoryPool.BlockSize(bytes));
        CpuAllocator.Current.Free(pointer, bytes);
    }

    internal override void Upload(ReadOnlySpan<byte> from, Tensor to) => from.CopyTo(to.ElementBytes());

    internal override void Download(Tensor from, Span<byte> to) => from.ReadBytes().CopyTo(to);

    internal override void Synchronize()
    {
    }

    internal override void Copy(Tensor x, Tensor y) =>
        Buffer.MemoryCopy((void*)x.Live.ReadPointer, (void*)y.Live.Pointer, y.Count * y.DType.Size, x.Count * x.DType.Size);

    internal override void Fill(Tensor x, double value)
    {
        switch (x.DType)
        {
            case DType.F32: x.Elements<float>().Fill((float)value); break;
            case DType.F64: x.Elements<double>().Fill(value); break;
            case DType.F16: x.Elements<Half>().Fill((Half)value); break;
            case DType.I32: x.Elements<int>().Fill((int)value); break;
            case DType.I64: x.Elements<long>().Fill((long)value); break;
            case DType.U8: x.Elements<byte>().Fill((byte)value); break;
            case DType.BF16: MemoryMarshal.Cast<byte, ushort>(x.ElementBytes()).Fill(BFloat16.FromSingle(BFloat16.ToOdd(value))); break;
            default: throw NotSupported(x.DType);
        }
    }

    internal override void Accumulate(Tensor sum, Tensor x) => Add(sum, x, sum);

    /// <summary>The packed copy of a weight, if there is one; null for types that are not packed.</summary>
    PackedCopy Packed<T>(Tensor weight, PackedLayout? layout) where T : unmanaged =>
        typeof(T) == typeof(float) && layout is { } wanted ? packedWeights.Use(weight, wanted) : default;

    /// <summary>The exception for a type without a CPU kernel.</summary>
    static DTypeException NotSupported(DType dtype) =>
        new($"the CPU backend computes in F32, F64, BF16 and F16, not {dtype}; convert with F.Cast.");
}
