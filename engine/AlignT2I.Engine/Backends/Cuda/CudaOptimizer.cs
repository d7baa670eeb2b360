using System.Runtime.InteropServices;
using AlignT2I.Native;

namespace AlignT2I.Engine.Backends.Cuda;

/// <summary>Steps over many tensors in one launch: the table of their addresses is uploaded when it changes.</summary>
internal sealed class CudaOptimizer(CudaBackend backend) : IDisposable
{
    CudaSlot[] uploaded = [];
    nint table;
    long tableBytes;

    /// <summary>One step with the kernel of an optimizer.</summary>
    public void Step(string kernel, OptimizerSlot[] slots, Tensor constants, GradientClip? clip) =>
        Launch(kernel, Slots(slots), constants.Live.Pointer, CudaBackend.P(clip?.SquaredNorm), clip?.MaxNorm ?? 0);

    public void MoveToward(Tensor[] averages, Tensor[] values, double fraction)
    {
        if (backend.Recording is not null)
            throw new InvalidOperationException("a moving average whose parameter has no gradient cannot be part of recorded work.");
        Launch(
            "move_toward",
            Table(averages.Length, k => new CudaSlot { Value = Float(values[k]), Average = Float(averages[k]), Count = values[k].Count }),
            fraction);
    }

    public void SquaredNorm(Tensor[] tensors, Tensor total)
    {
        CudaSlot[] slots = Table(tensors.Length, k => new CudaSlot { Value = Float(tensors[k]), Count = tensors[k].Count });
        using CudaScratch partial = backend.Scratch(Pieces(slots) * sizeof(float));
        Launch("squared_norm", slots, partial.Pointer);
        backend.Launch(Kernel("finish_squared_norm"), 1, partial.Pointer, Pieces(slots), total.Live.Pointer);
    }

    public void Dispose()
    {
        if (table != 0)
            backend.Allocator.Free(table);
    }

    void Launch(string kernel, CudaSlot[] slots, params ReadOnlySpan<KernelArg> arguments)
    {
        long pieces = Pieces(slots);
        if (pieces > 0)
            backend.Launch(Kernel(kernel), checked((int)pieces), [Upload(slots), slots.Length, .. arguments]);
    }

    CudaFunction Kernel(string name) => backend.Kernel("optimizer.cu", "", name);

    /// <summary>The table on the device; copied only if it is not what was used last. Recorded work has tables of its own.</summary>
    nint Upload(CudaSlot[] slots)
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes<CudaSlot>(slots);
        if (backend.Recording is { } recording)
            return recording.Table(bytes);
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
