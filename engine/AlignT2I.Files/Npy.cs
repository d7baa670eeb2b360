using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace AlignT2I.Files;

/// <summary>NumPy's array files, little-endian float32 or, to read, float64, in row-major order.</summary>
/// <remarks>Format: numpy/lib/_format_impl.py in github.com/numpy/numpy, versions 1.0 to 3.0.</remarks>
public static class Npy
{
    const int PrefixBytes = 10, Alignment = 64, MaxFileBytes = 1 << 30, MaxHeaderBytes = 10_000;
    const string Head = "{'descr': '<f4', 'fortran_order': False, 'shape': (";
    const string DoubleHead = "{'descr': '<f8', 'fortran_order': False, 'shape': (";

    static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads an array.</summary>
    /// <param name="path">The file, at most 1 GiB.</param>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">It is not a row-major little-endian float32 array, or damaged.</exception>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public static NpyArray Read(string path) => Parse(path, InputFile.ReadAllBytes(path, MaxFileBytes));

    /// <summary>Writes an array, whole or not at all.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="shape">Dimensions, outermost first.</param>
    /// <param name="values">As many values as the product of the shape, row-major.</param>
    /// <exception cref="ArgumentException">The number of values does not fit the shape.</exception>
    /// <exception cref="StorageException">It cannot be written.</exception>
    public static void Write(string path, ReadOnlySpan<int> shape, ReadOnlySpan<float> values)
    {
        string dimensions = string.Join(", ", shape.ToArray());
        if (Count(shape) != values.Length || values.Length > MaxFileBytes / sizeof(float))
        {
            throw new ArgumentException($"shape [{dimensions}] does not hold {values.Length} values, or they are more than 1 GiB",
                nameof(values));
        }
        string header = $"{Head}{dimensions}{(shape.Length == 1 ? "," : "")}), }}";
        int padded = (PrefixBytes + header.Length + 1 + Alignment - 1) / Alignment * Alignment - PrefixBytes;
        byte[] bytes = new byte[PrefixBytes + padded + values.Length * sizeof(float)];
        Magic.CopyTo(bytes);
        bytes[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), (ushort)padded);
        Encoding.ASCII.GetBytes(header.PadRight(padded - 1) + "\n", bytes.AsSpan(PrefixBytes));
        MemoryMarshal.AsBytes(values).CopyTo(bytes.AsSpan(PrefixBytes + padded));
        AtomicFile.WriteAllBytes(path, bytes);
    }

    internal static NpyArray Parse(string path, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> data = Data(path, bytes, Head, sizeof(float), out int[] shape);
        return new NpyArray(shape, MemoryMarshal.Cast<byte, float>(data).ToArray());
    }

    /// <summary>An array of float64 in memory.</summary>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="bytes">The whole file.</param>
    /// <returns>Dimensions, outermost first, and the values in row-major order.</returns>
    /// <exception cref="FileFormatException">It is not a row-major little-endian float64 array, or damaged.</exception>
    public static (IReadOnlyList<int> Shape, double[] Values) ParseDoubles(string name, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> data = Data(name, bytes, DoubleHead, sizeof(double), out int[] shape);
        return (shape, MemoryMarshal.Cast<byte, double>(data).ToArray());
    }

    /// <summary>Shape and data of a file whose header begins with <paramref name="head"/>.</summary>
    static ReadOnlySpan<byte> Data(string path, ReadOnlySpan<byte> bytes, string head, int elementBytes, out int[] shape)
    {
        if (bytes.Length < 12 || !bytes.StartsWith(Magic) || bytes[6] is 0 or > 3)
            throw new FileFormatException(path, "it does not begin as an npy file of version 1 to 3; it is another format or damaged.");
        bool wide = bytes[6] > 1;
        uint headerBytes = wide
            ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..])
            : BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]);
        ReadOnlySpan<byte> rest = bytes[(wide ? 12 : 10)..];
        if (headerBytes > rest.Length || headerBytes > MaxHeaderBytes)
        {
            throw new FileFormatException(path,
                $"its header is said to take {headerBytes} bytes, {rest.Length} follow; it is cut off or damaged.");
        }
        string header = Encoding.Latin1.GetString(rest[..(int)headerBytes]);
        shape = ParseHeader(path, header, head);
        ReadOnlySpan<byte> data = rest[(int)headerBytes..];
        if (Count(shape) is not { } count || count * elementBytes != data.Length)
        {
            string dimensions = string.Join(", ", shape);
            throw new FileFormatException(path,
                $"shape [{dimensions}] of float{8 * elementBytes} does not fit its {data.Length} bytes of data; "
                + "it is cut off or damaged.");
        }
        return data;
    }

    /// <summary>NumPy writes one form only: these keys in this order, then spaces and a newline.</summary>
    static int[] ParseHeader(string path, string header, string head)
    {
        int end = header.IndexOf(')');
        if (!header.StartsWith(head, StringComparison.Ordinal) || end < head.Length || header[(end + 1)..].Trim() is not (", }" or "}"))
        {
            string found = header.Length <= 200 ? header.Trim() : header[..200] + "...";
            throw new FileFormatException(path,
                $"its header is {found}; expected {head}...), }}: little-endian float{(head == Head ? 32 : 64)} in row-major order.");
        }
        string[] dimensions = header[head.Length..end].Split(',', StringSplitOptions.TrimEntries);
        if (dimensions[^1].Length == 0)     // (), and the comma of (3,)
            dimensions = dimensions[..^1];
        int[] shape = new int[dimensions.Length];
        for (int i = 0; i < shape.Length; i++)
        {
            if (!int.TryParse(dimensions[i], NumberStyles.None, CultureInfo.InvariantCulture, out shape[i]))
            {
                throw new FileFormatException(path,
                    $"its shape ({header[head.Length..end]}) is not a list of integers from 0 to 2^31 - 1.");
            }
        }
        return shape;
    }

    /// <summary>Product of the dimensions; null where it passes 2^31.</summary>
    static long? Count(ReadOnlySpan<int> shape)
    {
        long count = 1;
        foreach (int dimension in shape)
        {
            count *= dimension;
            if (dimension < 0 || count > int.MaxValue)
                return null;
        }
        return count;
    }
}
