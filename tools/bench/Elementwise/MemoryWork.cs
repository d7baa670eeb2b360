namespace AlignT2I.Bench.Elementwise;

/// <summary>What a <see cref="MemoryCase"/> does to each element.</summary>
internal enum MemoryWork
{
    /// <summary>Sums a.</summary>
    Read,

    /// <summary>a = 2.</summary>
    Write,

    /// <summary>a = 2 past the caches.</summary>
    Stream,

    /// <summary>a = b.</summary>
    Copy,

    /// <summary>a = b + 3 c.</summary>
    Triad,

    /// <summary>a = b + 3 c past the caches.</summary>
    TriadStream,
}
