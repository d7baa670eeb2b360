using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using AlignT2I.Files;

namespace AlignT2I.WeightsConverter.Sources.Pickles;

/// <summary>The bytes of a pickle, read front to back; no length in them is believed before it is there.</summary>
/// <param name="path">The file, for messages.</param>
/// <param name="record">Which part of the file, for messages: <c>archive/data.pkl</c>.</param>
/// <param name="bytes">The pickle, and perhaps what follows it.</param>
internal ref struct PickleInput(string path, string record, ReadOnlySpan<byte> bytes)
{
    const int MaxIntegerBytes = 1024;
    static readonly UTF8Encoding utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    readonly ReadOnlySpan<byte> bytes = bytes;
    int opcodePosition;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    public PickleOpcode ReadOpcode()
    {
        opcodePosition = Position;
        return (PickleOpcode)ReadByte();
    }

    public byte ReadByte() => Read(1)[0];

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Read(2));

    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Read(4));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Read(4));

    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Read(8));

    public double ReadDouble() => BinaryPrimitives.ReadDoubleBigEndian(Read(8));

    /// <summary>The next bytes, which are as many as an opcode says.</summary>
    public ReadOnlySpan<byte> Read(ulong count)
    {
        if (count > (ulong)(bytes.Length - Position))
            throw Bad($"it needs {count} more bytes, but only {bytes.Length - Position} are left; the file is cut off or damaged");
        ReadOnlySpan<byte> read = bytes.Slice(Position, (int)count);
        Position += (int)count;
        return read;
    }

    /// <summary>The next line without its end.</summary>
    public ReadOnlySpan<byte> ReadLine()
    {
        int length = bytes[Position..].IndexOf((byte)'\n');
        if (length < 0)
            throw Bad("a line does not end; the file is cut off or damaged");
        ReadOnlySpan<byte> line = bytes.Slice(Position, length);
        Position += length + 1;
        return line;
    }

    public string ReadUtf8(ulong count) => Utf8(Read(count));

    public string ReadUtf8Line() => Utf8(ReadLine());

    readonly string Utf8(ReadOnlySpan<byte> text)
    {
        try
        {
            return utf8.GetString(text);
        }
        catch (DecoderFallbackException e)
        {
            throw Bad("a text is not UTF-8", e);
        }
    }

    /// <summary>A little-endian two's complement integer of any size.</summary>
    public object ReadInteger(long count)
    {
        if (count is < 0 or > MaxIntegerBytes)
            throw Bad($"an integer is said to take {count} bytes; expected 0 to {MaxIntegerBytes}");
        var value = new BigInteger(Read((ulong)count));
        return value >= long.MinValue && value <= long.MaxValue ? (object)(long)value : value;
    }

    /// <summary>The error, with its place in the file.</summary>
    public readonly FileFormatException Bad(string problem, Exception? cause = null)
        => SourceFile.Bad(path, $"{record}, byte {opcodePosition}: {problem}", cause);
}
