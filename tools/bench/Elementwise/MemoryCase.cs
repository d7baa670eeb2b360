using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using AlignT2I.Engine;

namespace AlignT2I.Bench.Elementwise;

/// <summary>What memory gives on all processors: the floor of every operation that does little to each element.</summary>
internal sealed unsafe class MemoryCase : BenchCase
{
    /// <summary>All arrays of a case together where they must come from memory.</summary>
    public const long DramBytes = 3L << 27;

    /// <summary>The same where they fit the last-level cache and no other.</summary>
    public const long SharedCacheBytes = 3L << 22;

    /// <summary>What a run of small arrays moves at least, so that starting threads does not count.</summary>
    const long LeastBytes = 1L << 30;

    readonly MemoryWork work;
    readonly long count;
    readonly int repeats;
    readonly Tensor[] tensors;
    readonly float* a, b, c;
    double sum;

    /// <param name="name">The case.</param>
    /// <param name="work">What is done.</param>
    /// <param name="bytes">Size of all arrays together.</param>
    public MemoryCase(string name, MemoryWork work, long bytes)
    {
        (Name, this.work) = (name, work);
        int arrays = work switch { MemoryWork.Triad or MemoryWork.TriadStream => 3, MemoryWork.Copy => 2, _ => 1 };
        count = bytes / (arrays * sizeof(float)) & ~1023L;
        repeats = (int)Math.Max(1, LeastBytes / bytes);
        Bytes = (double)count * arrays * sizeof(float) * repeats;
        tensors = [.. Enumerable.Range(1, 3).Select(value => Tensor.Full([checked((int)count)], DType.F32, Backend.Cpu, value).Persist())];
        a = Array(0);
        b = Array(1);
        c = Array(2);
    }

    public override string Name { get; }

    public override int Batch => 1;

    public override double Gflop => 0;

    public override double Bytes { get; }

    public override void Run()
    {
        int parts = Environment.ProcessorCount;
        double[] sums = new double[parts];
        long size = count / parts & ~63L;
        Parallel.For(0, parts, part =>
        {
            long start = part * size, end = part == parts - 1 ? count : start + size;
            for (int i = 0; i < repeats; i++) sums[part] = Part(start, end);
        });
        sum = sums.Sum();
    }

    public override bool Check() => work switch
    {
        MemoryWork.Read => sum == count,
        MemoryWork.Write or MemoryWork.Stream or MemoryWork.Copy => All(2),
        _ => All(2 + 3 * 3),
    };

    public override void Dispose()
    {
        foreach (Tensor tensor in tensors)
            tensor.Dispose();
        Backend.Cpu.Trim();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    double Part(long start, long end)
    {
        Vector512<float> two = Vector512.Create(2f), three = Vector512.Create(3f), s0 = default, s1 = default, s2 = default, s3 = default;
        for (long i = start; i < end; i += 64)
        {
            switch (work)
            {
                case MemoryWork.Read:
                    (s0, s1) = (s0 + Vector512.Load(a + i), s1 + Vector512.Load(a + i + 16));
                    (s2, s3) = (s2 + Vector512.Load(a + i + 32), s3 + Vector512.Load(a + i + 48));
                    break;
                case MemoryWork.Write:
                    for (int j = 0; j < 64; j += 16) two.Store(a + i + j);
                    break;
                case MemoryWork.Stream:
                    for (int j = 0; j < 64; j += 16) two.StoreAlignedNonTemporal(a + i + j);
                    break;
                case MemoryWork.Copy:
                    for (int j = 0; j < 64; j += 16) Vector512.Load(b + i + j).Store(a + i + j);
                    break;
                case MemoryWork.Triad:
                    for (int j = 0; j < 64; j += 16) (Vector512.Load(b + i + j) + Vector512.Load(c + i + j) * three).Store(a + i + j);
                    break;
                default:
                    for (int j = 0; j < 64; j += 16)
                        (Vector512.Load(b + i + j) + Vector512.Load(c + i + j) * three).StoreAlignedNonTemporal(a + i + j);
                    break;
            }
        }
        return (double)Vector512.Sum(s0) + Vector512.Sum(s1) + Vector512.Sum(s2) + Vector512.Sum(s3);
    }

    bool All(float value) => !new ReadOnlySpan<float>(a, checked((int)count)).ContainsAnyExcept(value);

    /// <summary>Memory of the engine's pool, which is on huge pages where the system has them.</summary>
    float* Array(int i) => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensors[i].AsSpan<float>()));
}
