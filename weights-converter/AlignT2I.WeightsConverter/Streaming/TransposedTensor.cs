using System.Runtime.InteropServices;
using AlignT2I.Files;

namespace AlignT2I.WeightsConverter.Streaming;

/// <summary>A matrix with rows and columns exchanged.</summary>
internal sealed class TransposedTensor(ModelTensor source, string name)
    : ModelTensor(name, source.DType, [source.Shape[1], source.Shape[0]])
{
    public override void Read(Span<byte> destination)
    {
        using var rows = new ScratchMemory(source.ByteCount);
        source.Read(rows.Span);
        int height = (int)source.Shape[0], width = (int)source.Shape[1];
        switch (DType.Size())
        {
            case 1: Transpose<byte>(rows.Span, destination, height, width); break;
            case 2: Transpose<ushort>(rows.Span, destination, height, width); break;
            case 4: Transpose<uint>(rows.Span, destination, height, width); break;
            default: Transpose<ulong>(rows.Span, destination, height, width); break;
        }
    }

    static void Transpose<T>(Span<byte> source, Span<byte> destination, int height, int width) where T : unmanaged
    {
        Span<T> from = MemoryMarshal.Cast<byte, T>(source), to = MemoryMarshal.Cast<byte, T>(destination);
        for (int row = 0; row < height; row++)
        {
            for (int column = 0; column < width; column++)
                to[column * height + row] = from[row * width + column];
        }
    }
}
