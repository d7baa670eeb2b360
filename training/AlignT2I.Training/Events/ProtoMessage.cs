using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace AlignT2I.Training.Events;

/// <summary>A protocol buffers message, field by field: the few kinds of fields that event files have.</summary>
/// <remarks>protobuf.dev/programming-guides/encoding. Written by hand: four message types do not need a code generator in the
/// build.</remarks>
internal sealed class ProtoMessage
{
    const int Varint = 0, Fixed64 = 1, LengthDelimited = 2, Fixed32 = 5;

    readonly ArrayBufferWriter<byte> buffer = new();

    public ReadOnlySpan<byte> Span => buffer.WrittenSpan;

    public ProtoMessage Integer(int field, long value)
    {
        Key(field, Varint);
        WriteVarint((ulong)value);
        return this;
    }

    public ProtoMessage Double(int field, double value)
    {
        Key(field, Fixed64);
        BinaryPrimitives.WriteDoubleLittleEndian(buffer.GetSpan(sizeof(double)), value);
        buffer.Advance(sizeof(double));
        return this;
    }

    public ProtoMessage Float(int field, float value)
    {
        Key(field, Fixed32);
        BinaryPrimitives.WriteSingleLittleEndian(buffer.GetSpan(sizeof(float)), value);
        buffer.Advance(sizeof(float));
        return this;
    }

    public ProtoMessage Bytes(int field, ReadOnlySpan<byte> value)
    {
        Key(field, LengthDelimited);
        WriteVarint((ulong)value.Length);
        buffer.Write(value);
        return this;
    }

    public ProtoMessage Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public ProtoMessage Message(int field, ProtoMessage value) => Bytes(field, value.Span);

    void Key(int field, int wireType) => WriteVarint((ulong)(field << 3 | wireType));

    /// <summary>Seven bits a byte, the lowest first; all but the last have the high bit.</summary>
    void WriteVarint(ulong value)
    {
        Span<byte> bytes = buffer.GetSpan(10);
        int count = 0;
        for (; value >= 0x80; value >>= 7)
            bytes[count++] = (byte)(value | 0x80);
        bytes[count++] = (byte)value;
        buffer.Advance(count);
    }
}
