using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using AlignT2I.Engine;
using AlignT2I.Files;

namespace AlignT2I.WeightsConverter.Streaming;

/// <summary>Floating-point values between files and float64, which holds those of every other type exactly.</summary>
internal static class FloatingPoint
{
    /// <summary>Whether values of the type can be converted: float16, bfloat16, float32 and float64.</summary>
    public static bool Is(SafetensorsDType dtype) =>
        dtype is SafetensorsDType.Float16 or SafetensorsDType.BFloat16 or SafetensorsDType.Float32 or SafetensorsDType.Float64;

    /// <summary>The bytes of a file as float64.</summary>
    public static void Widen(ReadOnlySpan<byte> bytes, SafetensorsDType dtype, Span<double> values)
    {
        switch (dtype)
        {
            case SafetensorsDType.Float16:
                TensorPrimitives.ConvertChecked<Half, double>(MemoryMarshal.Cast<byte, Half>(bytes), values);
                break;
            case SafetensorsDType.BFloat16:
                ReadOnlySpan<ushort> brains = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (int i = 0; i < values.Length; i++)
                    values[i] = BFloat16.ToSingle(brains[i]);
                break;
            case SafetensorsDType.Float32:
                TensorPrimitives.ConvertChecked<float, double>(MemoryMarshal.Cast<byte, float>(bytes), values);
                break;
            case SafetensorsDType.Float64:
                MemoryMarshal.Cast<byte, double>(bytes).CopyTo(values);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "not a floating-point type");
        }
    }

    /// <summary>float64 as the bytes of a file, each rounded once to the nearest value, ties to even.</summary>
    public static void Narrow(ReadOnlySpan<double> values, SafetensorsDType dtype, Span<byte> bytes)
    {
        switch (dtype)
        {
            case SafetensorsDType.Float16:
                Span<Half> halves = MemoryMarshal.Cast<byte, Half>(bytes);
                for (int i = 0; i < values.Length; i++)
                    halves[i] = (Half)values[i];
                break;
            case SafetensorsDType.BFloat16:
                Span<ushort> brains = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (int i = 0; i < values.Length; i++)
                    brains[i] = BFloat16.FromSingle(BFloat16.ToOdd(values[i]));
                break;
            case SafetensorsDType.Float32:
                TensorPrimitives.ConvertTruncating<double, float>(values, MemoryMarshal.Cast<byte, float>(bytes));
                break;
            case SafetensorsDType.Float64:
                values.CopyTo(MemoryMarshal.Cast<byte, double>(bytes));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "not a floating-point type");
        }
    }
}
