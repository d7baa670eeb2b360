using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace AlignT2I.Engine.Backends.Cpu;

internal sealed unsafe partial class CpuBackend
{
    internal override void Cast(Tensor x, Tensor y)
    {
        if (x.DType == y.DType)
        {
            Copy(x, y);
            return;
        }
        nint from = x.Live.Pointer, to = y.Live.Pointer;
        CpuThreads.ForRange(y.Count, Grain, (start, end) => Cast(from, x.DType, to, y.DType, start, (int)(end - start)));
    }

    static void Cast(nint from, DType fromType, nint to, DType toType, long start, int length)
    {
        switch (fromType)
        {
            case DType.F32: CastFrom(new ReadOnlySpan<float>((float*)from + start, length), to, toType, start); break;
            case DType.F64: CastFrom(new ReadOnlySpan<double>((double*)from + start, length), to, toType, start); break;
            case DType.F16: CastFrom(new ReadOnlySpan<Half>((Half*)from + start, length), to, toType, start); break;
            case DType.BF16: CastFromBFloat16(new ReadOnlySpan<ushort>((ushort*)from + start, length), to, toType, start); break;
            case DType.I32: CastFrom(new ReadOnlySpan<int>((int*)from + start, length), to, toType, start); break;
            case DType.I64: CastFrom(new ReadOnlySpan<long>((long*)from + start, length), to, toType, start); break;
            case DType.U8: CastFrom(new ReadOnlySpan<byte>((byte*)from + start, length), to, toType, start); break;
            default: throw NotSupported(fromType);
        }
    }

    static void CastFrom<T>(ReadOnlySpan<T> values, nint to, DType toType, long start) where T : unmanaged, INumber<T>
    {
        switch (toType)
        {
            case DType.F32: TensorPrimitives.ConvertSaturating(values, new Span<float>((float*)to + start, values.Length)); break;
            case DType.F64: TensorPrimitives.ConvertSaturating(values, new Span<double>((double*)to + start, values.Length)); break;
            case DType.F16: TensorPrimitives.ConvertSaturating(values, new Span<Half>((Half*)to + start, values.Length)); break;
            case DType.I32: TensorPrimitives.ConvertSaturating(values, new Span<int>((int*)to + start, values.Length)); break;
            case DType.I64: TensorPrimitives.ConvertSaturating(values, new Span<long>((long*)to + start, values.Length)); break;
            case DType.U8: TensorPrimitives.ConvertSaturating(values, new Span<byte>((byte*)to + start, values.Length)); break;
            case DType.BF16:
                CastToBFloat16(values, new Span<ushort>((ushort*)to + start, values.Length));
                break;
            default: throw NotSupported(toType);
        }
    }

    static void CastToBFloat16<T>(ReadOnlySpan<T> values, Span<ushort> result) where T : unmanaged, INumber<T>
    {
        if (typeof(T) == typeof(float))
        {
            BFloat16.FromSingle(MemoryMarshal.Cast<T, float>(values), result);
            return;
        }
        for (int i = 0; i < values.Length; i++)
        {
            float single = typeof(T) == typeof(double)
                ? BFloat16.ToOdd(double.CreateSaturating(values[i]))
                : float.CreateSaturating(values[i]);
            result[i] = BFloat16.FromSingle(single);
        }
    }

    static void CastFromBFloat16(ReadOnlySpan<ushort> values, nint to, DType toType, long start)
    {
        if (toType == DType.F32)
        {
            BFloat16.ToSingle(values, new Span<float>((float*)to + start, values.Length));
            return;
        }
        Span<float> buffer = stackalloc float[1024];
        while (!values.IsEmpty)
        {
            Span<float> piece = buffer[..Math.Min(buffer.Length, values.Length)];
            BFloat16.ToSingle(values[..piece.Length], piece);
            CastFrom<float>(piece, to, toType, start);
            values = values[piece.Length..];
            start += piece.Length;
        }
    }
}
