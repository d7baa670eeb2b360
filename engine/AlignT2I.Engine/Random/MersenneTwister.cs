namespace AlignT2I.Engine;

/// <summary>MT19937 of Matsumoto and Nishimura (1998): 32-bit outputs, period 2^19937 - 1, seeded as in their 2002 revision.</summary>
internal sealed class MersenneTwister
{
    const int Length = 624;
    const int Shift = 397;
    const uint UpperBit = 0x80000000, LowerBits = 0x7FFFFFFF, Twist = 0x9908B0DF;

    readonly uint[] state = new uint[Length];
    int next = Length;

    public MersenneTwister(uint seed)
    {
        state[0] = seed;
        for (uint i = 1; i < Length; i++)
            state[i] = 1812433253u * (state[i - 1] ^ (state[i - 1] >> 30)) + i;
    }

    public uint NextUInt32()
    {
        if (next == Length)
            Refill();
        uint y = state[next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9D2C5680;
        y ^= (y << 15) & 0xEFC60000;
        return y ^ (y >> 18);
    }

    void Refill()
    {
        for (int i = 0; i < Length; i++)
        {
            uint y = (state[i] & UpperBit) | (state[(i + 1) % Length] & LowerBits);
            state[i] = state[(i + Shift) % Length] ^ (y >> 1) ^ ((y & 1) == 0 ? 0 : Twist);
        }
        next = 0;
    }
}
