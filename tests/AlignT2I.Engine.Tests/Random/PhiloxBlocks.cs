namespace AlignT2I.Engine.Tests;

/// <summary>Blocks of Philox by their words: Philox permutes its counters, so every block is some counter's.</summary>
internal static class PhiloxBlocks
{
    static readonly uint[] radii = [0, 1, 0x7FFF_FFFF, 0xB504_F333, 0xFFFF_FEFF, 0xFFFF_FFFE, 0xFFFF_FFFF];
    static readonly uint[] angles =
    [
        0, 0xFF, 0x100, 0x1FFF_FFFF, 0x2000_0000, 0x3FFF_FFFF, 0x4000_0000, 0x7FFF_FFFF, 0x8000_0000, 0xBFFF_FFFF, 0xC000_0000,
        uint.MaxValue,
    ];

    /// <summary>Blocks of the smallest and largest words, and of words around the ends of quadrants.</summary>
    public static IEnumerable<uint[]> Extreme => radii.SelectMany(_ => angles, (a, b) => new[] { a, b, uint.MaxValue - a, b });

    /// <summary>The words of the block that a state comes to next.</summary>
    public static uint[] Words(PhiloxState state)
    {
        (uint x, uint y, uint z, uint w) = Philox.Block(
            ((uint)state.Counter, (uint)(state.Counter >> 32), (uint)state.Stream, (uint)(state.Stream >> 32)),
            (uint)state.Seed, (uint)(state.Seed >> 32));
        return [x, y, z, w];
    }

    /// <summary>The state whose next block has these words: the ten rounds backwards.</summary>
    public static PhiloxState Before(uint[] words, ulong seed)
    {
        (uint x, uint y, uint z, uint w) = (words[0], words[1], words[2], words[3]);
        for (uint round = Philox.Rounds; round-- > 0;)
        {
            uint key0 = (uint)seed + round * Philox.KeyStep0, key1 = (uint)(seed >> 32) + round * Philox.KeyStep1;
            uint oldX = w * Inverse(Philox.Multiplier0), oldZ = y * Inverse(Philox.Multiplier1);
            uint oldY = x ^ key0 ^ (uint)((ulong)Philox.Multiplier1 * oldZ >> 32);
            uint oldW = z ^ key1 ^ (uint)((ulong)Philox.Multiplier0 * oldX >> 32);
            (x, y, z, w) = (oldX, oldY, oldZ, oldW);
        }
        return new PhiloxState(seed, (ulong)w << 32 | z, (ulong)y << 32 | x);
    }

    /// <summary>Modulo 2^32, by Newton's iteration.</summary>
    static uint Inverse(uint odd)
    {
        uint inverse = odd;
        for (int i = 0; i < 5; i++)
            inverse *= 2 - odd * inverse;
        return inverse;
    }
}
