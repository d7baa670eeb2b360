using System.Buffers.Binary;

namespace AlignT2I.Files;

/// <summary>The CRC-32 of PNG and zip, of bytes that come in pieces.</summary>
/// <remarks>Polynomial 0xEDB88320, reflected, as in ISO 3309. Eight bytes a step: Kounavis &amp; Berry 2005, "slicing by 8".</remarks>
public struct Crc32()
{
    const int Slices = 8;
    static readonly uint[][] tables = MakeTables();

    uint state = uint.MaxValue;

    /// <summary>The checksum of all bytes added so far.</summary>
    public readonly uint Value => ~state;

    /// <summary>Adds the bytes that follow those already added.</summary>
    /// <param name="bytes">The next piece, of any length.</param>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        uint crc = state;
        for (; bytes.Length >= Slices; bytes = bytes[Slices..])
        {
            uint low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ crc, high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = tables[7][(byte)low] ^ tables[6][(byte)(low >> 8)] ^ tables[5][(byte)(low >> 16)] ^ tables[4][low >> 24]
                ^ tables[3][(byte)high] ^ tables[2][(byte)(high >> 8)] ^ tables[1][(byte)(high >> 16)] ^ tables[0][high >> 24];
        }
        foreach (byte b in bytes)
            crc = tables[0][(byte)(crc ^ b)] ^ (crc >> 8);
        state = crc;
    }

    /// <summary>The checksum of some bytes.</summary>
    /// <param name="bytes">All of them.</param>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = new Crc32();
        crc.Add(bytes);
        return crc.Value;
    }

    /// <summary>tables[k][n] is the checksum register after byte n and k zero bytes.</summary>
    static uint[][] MakeTables()
    {
        uint[][] made = [.. Enumerable.Range(0, Slices).Select(_ => new uint[256])];
        for (uint n = 0; n < 256; n++)
        {
            uint c = n;
            for (int bit = 0; bit < 8; bit++)
                c = (c & 1) == 0 ? c >> 1 : 0xedb88320 ^ (c >> 1);
            made[0][n] = c;
        }
        for (int slice = 1; slice < Slices; slice++)
        {
            for (int n = 0; n < 256; n++)
                made[slice][n] = made[0][(byte)made[slice - 1][n]] ^ (made[slice - 1][n] >> 8);
        }
        return made;
    }
}
