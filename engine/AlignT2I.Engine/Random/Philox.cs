namespace AlignT2I.Engine;

/// <summary>
/// Philox 4x32-10: a counter-based generator. The numbers are a pure function of seed, stream and counter, so that streams are
/// independent, the state is three integers, and every device draws the same ones.
/// </summary>
/// <remarks>
/// Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3". Key = seed; the low half of the 128-bit counter counts blocks,
/// the high half is the stream. Every call uses whole blocks: a fill of n values takes ceil(n / 4) of them (n / 2 for float64),
/// a single draw takes one. So what a call returns depends only on how many blocks came before it.
/// </remarks>
public sealed class Philox
{
    internal const int WordsPerBlock = 4, Rounds = 10;
    internal const uint Multiplier0 = 0xD2511F53, Multiplier1 = 0xCD9E8D57, KeyStep0 = 0x9E3779B9, KeyStep1 = 0xBB67AE85;

    readonly ulong seed, stream;
    ulong counter;

    /// <summary>Starts at the beginning of a sequence.</summary>
    /// <param name="seed">The key.</param>
    /// <param name="stream">Which of the 2^64 independent sequences under that key.</param>
    public Philox(ulong seed, ulong stream = 0) => (this.seed, this.stream) = (seed, stream);

    /// <summary>Goes on where another generator's <see cref="State"/> was taken.</summary>
    /// <param name="state">Seed, stream and counter.</param>
    public Philox(PhiloxState state) => (seed, stream, counter) = (state.Seed, state.Stream, state.Counter);

    /// <summary>Seed, stream and position.</summary>
    public PhiloxState State => new(seed, stream, counter);

    /// <summary>The next 64 random bits; uses one block.</summary>
    public ulong NextUInt64()
    {
        (uint x, uint y, _, _) = NextBlock();
        return ((ulong)y << 32) | x;
    }

    /// <summary>A uniform value in [0, 1), a multiple of 2^-53; uses one block.</summary>
    public double NextDouble() => ToDouble(NextUInt64());

    /// <summary>A uniform integer in [0, <paramref name="exclusiveMax"/>); uses one block. The bias is below max / 2^64.</summary>
    /// <param name="exclusiveMax">Positive.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="exclusiveMax"/> is not positive.</exception>
    public int NextInt(int exclusiveMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusiveMax);
        return (int)Math.BigMul(NextUInt64(), (ulong)exclusiveMax, out _);
    }

    /// <summary>A uniform integer in [low, high); uses one block.</summary>
    /// <param name="low">Smallest value drawn.</param>
    /// <param name="high">One more than the largest value drawn.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="high"/> is not above <paramref name="low"/>.</exception>
    public long NextInt(long low, long high)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(high, low);
        return (long)((ulong)low + Math.BigMul(NextUInt64(), (ulong)high - (ulong)low, out _));
    }

    /// <summary>Fills a span with uniform values in [0, 1), multiples of 2^-24.</summary>
    /// <param name="values">Receives the values.</param>
    public void Uniform(Span<float> values)
    {
        PhiloxLanes.Uniform(State, values);
        Skip(values.Length);
    }

    /// <summary>Fills a span with uniform values in [0, 1), multiples of 2^-53.</summary>
    /// <param name="values">Receives the values.</param>
    public void Uniform(Span<double> values)
    {
        for (int i = 0; i < values.Length; i += 2)
        {
            (uint x, uint y, uint z, uint w) = NextBlock();
            values[i] = ToDouble(((ulong)y << 32) | x);
            if (i + 1 < values.Length)
                values[i + 1] = ToDouble(((ulong)w << 32) | z);
        }
    }

    /// <summary>Fills a span with values of the standard normal distribution (Box and Muller 1958), none beyond 6.67.</summary>
    /// <param name="values">Receives the values.</param>
    public void Normal(Span<float> values)
    {
        PhiloxLanes.Normal(State, values);
        Skip(values.Length);
    }

    /// <summary>Fills a float32 tensor on its device with what <see cref="Uniform(Span{float})"/> gives, bit for bit.</summary>
    /// <param name="values">Receives the values.</param>
    /// <exception cref="DTypeException">It is not float32.</exception>
    public void Uniform(Tensor values)
    {
        Require.DType(values, DType.F32);
        values.Backend.Uniform(values, [State]);
        Skip(values.Count);
    }

    /// <summary>Fills a float32 tensor on its device with what <see cref="Normal(Span{float})"/> gives, bit for bit.</summary>
    /// <param name="values">Receives the values.</param>
    /// <exception cref="DTypeException">It is not float32.</exception>
    public void Normal(Tensor values) => Normal(values, [this]);

    /// <summary>Fills each row of a float32 tensor from a generator of its own, all of them at once.</summary>
    /// <param name="values">Receives the values; as many rows (first dimension) as generators.</param>
    /// <param name="rows">The generator of each row; it moves on as by <see cref="Normal(Span{float})"/> of the row.</param>
    /// <exception cref="DTypeException">The tensor is not float32.</exception>
    /// <exception cref="ShapeException">The generators do not divide the elements.</exception>
    public static void Normal(Tensor values, IReadOnlyList<Philox> rows)
    {
        Require.DType(values, DType.F32);
        if (rows.Count == 0 ? values.Count > 0 : values.Count % rows.Count != 0)
            throw new ShapeException($"Normal: {rows.Count} generators do not share a tensor of shape {values.Shape}; give one per row.");
        if (rows.Count == 0)
            return;
        values.Backend.Normal(values, [.. rows.Select(row => row.State)]);
        foreach (Philox row in rows)
            row.Skip(values.Count / rows.Count);
    }

    /// <summary>Fills a span with values of the standard normal distribution, in float64.</summary>
    /// <param name="values">Receives the values.</param>
    public void Normal(Span<double> values)
    {
        for (int i = 0; i < values.Length; i += 2)
        {
            (uint x, uint y, uint z, uint w) = NextBlock();
            double radius = Math.Sqrt(-2 * Math.Log(1 - ToDouble(((ulong)y << 32) | x)));
            (double sin, double cos) = Math.SinCos(2 * Math.PI * ToDouble(((ulong)w << 32) | z));
            values[i] = radius * cos;
            if (i + 1 < values.Length)
                values[i + 1] = radius * sin;
        }
    }

    /// <summary>Fills a span with uniform integers in [low, high).</summary>
    /// <param name="values">Receives the values; each uses one block.</param>
    /// <param name="low">Smallest value drawn.</param>
    /// <param name="high">One more than the largest value drawn.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="high"/> is not above <paramref name="low"/>.</exception>
    public void Integers(Span<int> values, int low, int high)
    {
        foreach (ref int value in values)
            value = (int)NextInt((long)low, high);
    }

    /// <summary>A random order of the integers 0 to n - 1, where n is the length of the span (Fisher and Yates).</summary>
    /// <param name="values">Receives the permutation.</param>
    public void Permutation(Span<int> values)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = i;
        Shuffle(values);
    }

    /// <summary>Puts the elements of a span in a random order (Fisher and Yates).</summary>
    /// <param name="values">Is reordered in place; n - 1 blocks are used.</param>
    public void Shuffle<T>(Span<T> values)
    {
        for (int i = 0; i < values.Length - 1; i++)
        {
            int j = i + NextInt(values.Length - i);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }

    /// <summary>The bijection itself: ten rounds of Philox 4x32 on a counter under a key.</summary>
    internal static (uint X, uint Y, uint Z, uint W) Block((uint X, uint Y, uint Z, uint W) c, uint key0, uint key1)
    {
        for (int round = 0; round < Rounds; round++)
        {
            ulong p = (ulong)Multiplier0 * c.X, q = (ulong)Multiplier1 * c.Z;
            c = ((uint)(q >> 32) ^ c.Y ^ key0, (uint)q, (uint)(p >> 32) ^ c.W ^ key1, (uint)p);
            key0 += KeyStep0;
            key1 += KeyStep1;
        }
        return c;
    }

    (uint X, uint Y, uint Z, uint W) NextBlock()
    {
        ulong n = counter++;
        return Block(((uint)n, (uint)(n >> 32), (uint)stream, (uint)(stream >> 32)), (uint)seed, (uint)(seed >> 32));
    }

    static double ToDouble(ulong bits) => (bits >> 11) * (1.0 / (1UL << 53));

    void Skip(long values) => counter += (ulong)((values + WordsPerBlock - 1) / WordsPerBlock);
}
