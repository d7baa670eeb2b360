using System.Numerics;
using System.Numerics.Tensors;

namespace AlignT2I.Engine.Backends.Cpu;

internal sealed unsafe partial class CpuBackend
{
    internal override void Embedding(Tensor ids, Tensor table, Tensor y)
    {
        int rows = table.Shape[0];
        long bytes = (long)table.Shape[1] * table.DType.Size;
        byte* from = (byte*)table.Live.Pointer, to = (byte*)y.Live.Pointer;
        ReadOnlySpan<int> id = ids.AsSpan<int>();
        for (int i = 0; i < id.Length; i++)
        {
            if ((uint)id[i] >= (uint)rows)
                throw new ArgumentOutOfRangeException(
                    nameof(ids), id[i],
                    $"Embedding: id {id[i]} at position {i} is no row of the table of shape {table.Shape}; "
                    + $"give ids from 0 to {rows - 1}.");
            Buffer.MemoryCopy(from + id[i] * bytes, to + i * bytes, bytes, bytes);
        }
    }

    internal override void EmbeddingBackward(Tensor ids, Tensor dy, Tensor dtable)
    {
        using HalfOperands operands = new();
        (dy, dtable) = (operands.Read(dy), operands.Write(dtable));
        dtable.ElementBytes().Clear();
        switch (dtable.DType)
        {
            case DType.F32: ScatterAdd(ids.AsSpan<int>(), dy.Pointer<float>(), dtable.Pointer<float>(), dtable.Shape[1]); break;
            case DType.F64: ScatterAdd(ids.AsSpan<int>(), dy.Pointer<double>(), dtable.Pointer<double>(), dtable.Shape[1]); break;
            default: throw NotSupported(dtable.DType);
        }
    }

    internal override void Gather(Tensor x, Tensor index, Tensor y)
    {
        int steps = x.Shape[1];
        long bytes = (long)x.Shape[2] * x.DType.Size;
        byte* from = (byte*)x.Live.Pointer, to = (byte*)y.Live.Pointer;
        ReadOnlySpan<int> at = index.AsSpan<int>();
        for (int n = 0; n < at.Length; n++)
        {
            if ((uint)at[n] >= (uint)steps)
                throw new ArgumentOutOfRangeException(
                    nameof(index), at[n],
                    $"Gather: index {at[n]} of sample {n} is outside x of shape {x.Shape}; give indices from 0 to {steps - 1}.");
            Buffer.MemoryCopy(from + ((long)n * steps + at[n]) * bytes, to + n * bytes, bytes, bytes);
        }
    }

    internal override void GatherBackward(Tensor index, Tensor dy, Tensor dx)
    {
        int steps = dx.Shape[1];
        long bytes = (long)dx.Shape[2] * dx.DType.Size;
        dx.ElementBytes().Clear();
        byte* from = (byte*)dy.Live.Pointer, to = (byte*)dx.Live.Pointer;
        ReadOnlySpan<int> at = index.AsSpan<int>();
        for (int n = 0; n < at.Length; n++)
            Buffer.MemoryCopy(from + n * bytes, to + ((long)n * steps + at[n]) * bytes, bytes, bytes);
    }

    internal override void FirstIndex(Tensor ids, int id, Tensor y)
    {
        int steps = ids.Shape[1];
        for (int n = 0; n < y.Shape[0]; n++)
        {
            int first = ids.AsSpan<int>().Slice(n * steps, steps).IndexOf(id);
            y.AsSpan<int>()[n] = first >= 0 ? first : throw new ArgumentOutOfRangeException(
                nameof(ids), id, $"FirstIndex: id {id} is not in row {n}; encode prompts with the model's own tokenizer.");
        }
    }

    internal override void TimestepEmbedding(Tensor timesteps, Tensor y)
    {
        using HalfOperands operands = new();
        (timesteps, y) = (operands.Read(timesteps), operands.Write(y));
        switch (y.DType)
        {
            case DType.F32: TimestepEmbedding<float>(timesteps.AsSpan<float>(), y.AsSpan<float>(), y.Shape[1]); break;
            case DType.F64: TimestepEmbedding<double>(timesteps.AsSpan<double>(), y.AsSpan<double>(), y.Shape[1]); break;
            default: throw NotSupported(y.DType);
        }
    }

    static void ScatterAdd<T>(ReadOnlySpan<int> ids, T* dy, T* dtable, int columns) where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int i = 0; i < ids.Length; i++)
        {
            Span<T> sum = new(dtable + (long)ids[i] * columns, columns);
            TensorPrimitives.Add(sum, new ReadOnlySpan<T>(dy + (long)i * columns, columns), sum);
        }
    }

    static void TimestepEmbedding<T>(ReadOnlySpan<T> timesteps, Span<T> y, int dim) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int half = dim / 2;
        y.Clear();
        for (int n = 0; n < timesteps.Length; n++)
        {
            for (int i = 0; i < half; i++)
            {
                (double sin, double cos) = Math.SinCos(double.CreateTruncating(timesteps[n]) * Math.Exp(-Math.Log(10000) * i / half));
                y[n * dim + i] = T.CreateTruncating(cos);
                y[n * dim + half + i] = T.CreateTruncating(sin);
            }
        }
    }
}
