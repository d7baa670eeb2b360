namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Working memory that a thread of parallel loops used last: it gets the same again, for its cache still holds that.</summary>
/// <remarks>From the common pool it would as often get what another core has written. Not for several threads.</remarks>
internal sealed class NearBlocks
{
    /// <summary>Bytes kept at most: some second-level caches.</summary>
    const long Most = 4 << 20;

    /// <summary>The last one freed is at the end.</summary>
    readonly List<(nint Block, long Size)> kept = [];
    long total;

    /// <summary>A kept block of that size, which then is kept no longer.</summary>
    public bool TryTake(long size, out nint block)
    {
        for (int i = kept.Count - 1; i >= 0; i--)
        {
            if (kept[i].Size != size) continue;
            block = Remove(i);
            return true;
        }
        block = 0;
        return false;
    }

    /// <summary>Keeps a block, if it is not too large.</summary>
    public bool TryKeep(nint block, long size)
    {
        if (size > Most) return false;
        kept.Add((block, size));
        total += size;
        return true;
    }

    /// <summary>The block unused for longest, where more are kept than should be.</summary>
    public bool TryDrop(out nint block, out long size)
    {
        (block, size) = (0, 0);
        if (total <= Most) return false;
        size = kept[0].Size;
        block = Remove(0);
        return true;
    }

    nint Remove(int index)
    {
        (nint block, long size) = kept[index];
        kept.RemoveAt(index);
        total -= size;
        return block;
    }
}
