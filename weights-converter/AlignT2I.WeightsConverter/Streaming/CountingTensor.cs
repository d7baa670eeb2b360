using System.Buffers.Binary;
using AlignT2I.Files;

namespace AlignT2I.WeightsConverter.Streaming;

/// <summary>0, 1, 2 … in int64: the <c>position_ids</c> that loaders of LDM files look for.</summary>
internal sealed class CountingTensor(string name, IReadOnlyList<long> shape) : ModelTensor(name, SafetensorsDType.Int64, shape)
{
    public override void Read(Span<byte> destination)
    {
        for (int i = 0; i < ElementCount; i++)
            BinaryPrimitives.WriteInt64LittleEndian(destination[(i * sizeof(long))..], i);
    }
}
