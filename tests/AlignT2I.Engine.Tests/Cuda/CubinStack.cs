using System.Buffers.Binary;
using System.Text;

namespace AlignT2I.Engine.Tests.Cuda;

/// <summary>
/// Reads from machine code how much local memory a thread of its kernels has: spilled registers and arrays indexed at run time.
/// </summary>
/// <remarks>An ELF file; the section .nv.info is a list of (format, attribute, size, value), with a frame size per function.</remarks>
internal static class CubinStack
{
    const byte SizedFormat = 4, FrameSize = 0x11;

    /// <summary>Bytes of the largest frame.</summary>
    public static uint Largest(ReadOnlySpan<byte> cubin)
    {
        int table = (int)BinaryPrimitives.ReadUInt64LittleEndian(cubin[0x28..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(cubin[0x3C..]), names = BinaryPrimitives.ReadUInt16LittleEndian(cubin[0x3E..]);
        (int namesAt, _) = Section(cubin, table, names);
        for (int i = 0; i < count; i++)
        {
            uint name = BinaryPrimitives.ReadUInt32LittleEndian(cubin[(table + 64 * i)..]);
            ReadOnlySpan<byte> text = cubin[(namesAt + (int)name)..];
            if (Encoding.ASCII.GetString(text[..text.IndexOf((byte)0)]) != ".nv.info")
                continue;
            (int start, int length) = Section(cubin, table, i);
            return LargestFrame(cubin.Slice(start, length));
        }

        throw new InvalidDataException("the machine code has no section .nv.info");
    }

    static (int Start, int Length) Section(ReadOnlySpan<byte> cubin, int table, int index) => (
        (int)BinaryPrimitives.ReadUInt64LittleEndian(cubin[(table + 64 * index + 24)..]),
        (int)BinaryPrimitives.ReadUInt64LittleEndian(cubin[(table + 64 * index + 32)..]));

    static uint LargestFrame(ReadOnlySpan<byte> info)
    {
        uint largest = 0;
        int frames = 0;
        while (info.Length >= 4)
        {
            int size = info[0] == SizedFormat ? BinaryPrimitives.ReadUInt16LittleEndian(info[2..]) : 0;
            if (info[0] == SizedFormat && info[1] == FrameSize)
            {
                largest = Math.Max(largest, BinaryPrimitives.ReadUInt32LittleEndian(info[8..]));
                frames++;
            }

            info = info[(4 + size)..];
        }

        return frames > 0 ? largest : throw new InvalidDataException("the machine code says nothing of frames");
    }
}
