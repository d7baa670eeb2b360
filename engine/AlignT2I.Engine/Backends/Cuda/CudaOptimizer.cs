using System.Runtime.InteropServices;
using AlignT2I.Native;

namespace AlignT2I.Engine.Backends.Cuda;

/// <summary>Steps over many tensors in one launch: the table of their addresses is uploaded when it changes, the constants at every step.</summary>
internal sealed class CudaOptimizer(CudaBackend backend) : IDisposable
{
    CudaSlot[] uploaded = [];
    nint table, constants;
    long tableBytes;

    public void Adam(OptimizerSlot[] slots, AdamStep step) => Update("adam", Slots(slots), CudaStepConstants.Of(step));

    public void Sgd(OptimizerSlot[] slots, SgdStep step) => Update("sgd", Slots(slots), CudaStepConstants.Of(step));

    public void MoveToward(Tensor[] averages, Tensor[] values, double fraction) => Update(
        "move_toward", Table(averages.Length, k => new CudaSlot { Value = Float(values[k]), Average = Float(averages[k]), Count = values[k].Count }),
        new CudaStepConstants { AverageFraction = (float)fraction });

    public double SquaredNorm(Tensor[] tensors)
    {
        CudaSlot[] slots = Table(tensors.Length, k => new CudaSlot { Value = Float(tensors[k]), Count = tensors[k].Count });
        long pieces = Pieces(slots);
        if (pieces == 0)
            return 0;
        using MemoryScope scope = MemoryScope.Open();
        Tensor total = Tensor.Empty([], DType.F64, backend);
        using CudaScratch partial = backend.Scratch(pieces * sizeof(float));
        backend.Launch(Kernel("squared_norm"), checked((int)pieces), Upload(slots), slots.Length, partial.Pointer);
        backend.Launch(Kernel("finish_squared_norm"), 1, partial.Pointer, pieces, total.Live.Pointer);
        return total.Item();
    }

    public void Dispose()
    {
        if (table != 0)
            backend.Allocator.Free(table);
        if (constants != 0)
            backend.Allocator.Free(constants);
    }

    void Update(string kernel, CudaSlot[] slots, CudaStepConstants step)
    {
        long pieces = Pieces(slots);
        if (pieces == 0)
            return;
        if (constants == 0)
            constants = backend.Allocator.Allocate(Marshal.SizeOf<CudaStepConstants>());
        backend.Staging.Upload(MemoryMarshal.AsBytes(new ReadOnlySpan<CudaStepConstants>(in step)), constants);
        backend.Launch(Kernel(kernel), checked((int)pieces), Upload(slots), slots.Length, constants);
    }

    CudaFunction Kernel(string name) => backend.Kernel("optimizer.cu", "", name);

    /// <summary>The table on the device; copied only if it is not what was used last.</summary>
    nint Upload(CudaSlot[] slots)
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes<CudaSlot>(slots);
        if (bytes.SequenceEqual(MemoryMarshal.AsBytes<CudaSlot>(uploaded)))
            return table;
        if (bytes.Length > tableBytes)
        {
            if (table != 0)
                backend.Allocator.Free(table);
            table = backend.Allocator.Allocate(tableBytes = bytes.Length);
        }

        backend.Staging.Upload(bytes, table);
        uploaded = slots;
        return table;
    }

    static CudaSlot[] Slots(OptimizerSlot[] slots) => Table(slots.Length, k => new CudaSlot
    {
        Value = Float(slots[k].Value),
        Gradient = Float(slots[k].Gradient),
        First = slots[k].First is { } first ? Float(first) : 0,
        Second = slots[k].Second is { } second ? Float(second) : 0,
        Half = CudaBackend.P(slots[k].HalfCopy),
        Average = slots[k].Average is { } average ? Float(average) : 0,
        Count = slots[k].Value.Count,
        HalfType = slots[k].HalfCopy?.DType switch { null => 0, DType.BF16 => 1, _ => 2 },
    });

    static CudaSlot[] Table(int count, Func<int, CudaSlot> slot)
    {
        var slots = new List<CudaSlot>(count);
        long piece = 0;
        for (int k = 0; k < count; k++)
        {
            CudaSlot next = slot(k) with { FirstPiece = piece };
            if (next.Count == 0)
                continue;
            piece += PiecesOf(next);
            slots.Add(next);
        }
        return [.. slots];
    }

    static long Pieces(CudaSlot[] slots) => slots.Length == 0 ? 0 : slots[^1].FirstPiece + PiecesOf(slots[^1]);

    static long PiecesOf(CudaSlot slot) => (slot.Count + CudaSlot.Piece - 1) / CudaSlot.Piece;

    static nint Float(Tensor x) => x.DType == DType.F32
        ? x.Live.Pointer
        : throw new DTypeException($"an optimizer on a CUDA device keeps parameters, gradients and state in F32, not {x.DType}.");
}
