namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>The sizes of one group normalization of x [Images, Rows, Channels], and how it is cut for threads.</summary>
/// <remarks>Whole rows, so that memory is read in order; the cut depends on the sizes alone, and so does every bit of the sums.</remarks>
/// <param name="Images">N.</param>
/// <param name="Rows">H * W.</param>
/// <param name="Channels">C.</param>
/// <param name="Groups">Groups; divides C.</param>
internal readonly record struct GroupNormShape(int Images, int Rows, int Channels, int Groups)
{
    /// <summary>Elements in a part of an image: enough to be worth a hand-over.</summary>
    const long PartElements = 1 << 14;

    /// <summary>Elements that one thread keeps in its second-level cache from the statistics to the result.</summary>
    const long CacheElements = 1 << 17;

    /// <summary>Enough images to keep threads busy without cutting them.</summary>
    const int EnoughImages = 8;

    /// <summary>Putting parts together takes time for each of them.</summary>
    const int MostParts = 32;

    /// <summary>Channels in a group.</summary>
    public int Width => Channels / Groups;

    /// <summary>Parts into which an image's rows are cut.</summary>
    public int Parts
    {
        get
        {
            long elements = (long)Rows * Channels;
            bool whole = Images >= EnoughImages && elements <= CacheElements;
            return whole || Rows == 0 ? 1 : (int)Math.Clamp(elements / PartElements, 1, Math.Min(MostParts, Rows));
        }
    }

    /// <summary>First row and number of rows of a part of <paramref name="parts"/>.</summary>
    public (int First, int Count) RowsOf(int part, int parts)
    {
        int first = (int)((long)part * Rows / parts);
        return (first, (int)((part + 1L) * Rows / parts) - first);
    }

    /// <summary>Calls body for each index below <paramref name="count"/>: on all threads where the image is worth it.</summary>
    public void For(int count, Action<int> body)
    {
        if ((long)Images * Rows * Channels >= PartElements)
        {
            CpuThreads.For(count, body);
            return;
        }

        for (int i = 0; i < count; i++)
            body(i);
    }
}
