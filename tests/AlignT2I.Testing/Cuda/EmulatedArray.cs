using AlignT2I.Engine;
using AlignT2I.Native;

namespace AlignT2I.Testing;

/// <summary>Matrices in the emulated device's memory, read and written as float32 with the roundings of their type.</summary>
internal static unsafe class EmulatedArray
{
    public static int Size(NativeType type) => type == NativeType.Float32 ? 4 : 2;

    /// <summary>Reads rows of a matrix one after the other.</summary>
    public static float[] Read(EmulatedMemory memory, nint pointer, NativeType type, long rows, long columns, long leading, string reader)
    {
        float[] values = new float[rows * columns];
        for (long r = 0; r < rows; r++)
        {
            nint row = pointer + (nint)(r * leading * Size(type));
            memory.RequireReadable(row, columns * Size(type), reader);
            for (long c = 0; c < columns; c++)
                values[r * columns + c] = Get(row, c, type);
        }

        return values;
    }

    /// <summary>Reads an array.</summary>
    public static float[] Read(EmulatedMemory memory, nint pointer, NativeType type, long count, string reader) =>
        Read(memory, pointer, type, 1, count, count, reader);

    /// <summary>Writes rows of a matrix, each value rounded once to nearest even.</summary>
    public static void Write(
        EmulatedMemory memory, nint pointer, NativeType type, ReadOnlySpan<float> values, long columns, long leading, string writer)
    {
        long rows = columns == 0 ? 0 : values.Length / columns;
        for (long r = 0; r < rows; r++)
        {
            nint row = pointer + (nint)(r * leading * Size(type));
            memory.Write(row, columns * Size(type), writer);
            for (long c = 0; c < columns; c++)
                Set(row, c, type, values[(int)(r * columns + c)]);
        }
    }

    /// <summary>Writes an array.</summary>
    public static void Write(EmulatedMemory memory, nint pointer, NativeType type, ReadOnlySpan<float> values, string writer) =>
        Write(memory, pointer, type, values, values.Length, values.Length, writer);

    /// <summary>Rounds to TensorFloat-32: 10 bits of mantissa, to nearest, ties away from zero.</summary>
    public static float[] ToTensorFloat32(float[] values) => [.. values.Select(ToTensorFloat32)];

    static float ToTensorFloat32(float value) =>
        float.IsFinite(value) ? BitConverter.UInt32BitsToSingle((BitConverter.SingleToUInt32Bits(value) + 0x1000) & ~0x1FFFu) : value;

    static float Get(nint row, long i, NativeType type) => type switch
    {
        NativeType.Float32 => ((float*)row)[i],
        NativeType.Float16 => (float)((Half*)row)[i],
        _ => BFloat16.ToSingle(((ushort*)row)[i]),
    };

    static void Set(nint row, long i, NativeType type, float value)
    {
        switch (type)
        {
            case NativeType.Float32: ((float*)row)[i] = value; break;
            case NativeType.Float16: ((Half*)row)[i] = (Half)value; break;
            default: ((ushort*)row)[i] = BFloat16.FromSingle(value); break;
        }
    }
}
