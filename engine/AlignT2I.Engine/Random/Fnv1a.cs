using System.Text;

namespace AlignT2I.Engine;

/// <summary>The 64-bit FNV-1a hash: turns a name into a seed or a stream, the same on every machine and in every version.</summary>
/// <remarks>Fowler, Noll and Vo; draft-eastlake-fnv.</remarks>
public static class Fnv1a
{
    /// <summary>Hash of a text's UTF-8 bytes.</summary>
    public static ulong Hash(string text)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (byte b in Encoding.UTF8.GetBytes(text))
            hash = unchecked((hash ^ b) * 0x100000001B3);
        return hash;
    }
}
