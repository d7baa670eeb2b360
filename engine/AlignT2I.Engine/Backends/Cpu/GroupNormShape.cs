namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>The sizes of one group normalization of x [Images, Rows, Channels], and how it is cut for threads.</summary>
/// <param name="Images">N.</param>
/// <param name="Rows">H * W.</param>
/// <param name="Channels">C.</param>
/// <param name="Groups">Groups; divides C.</param>
internal readonly record struct GroupNormShape(int Images, int Rows, int Channels, int Groups)
{
    /// <summary>Below this many elements the work is not worth a second thread.</summary>
    const long ParallelElements = 1 << 14;

    /// <summary>Enough images to keep threads busy without cutting channels.</summary>
    const int EnoughImages = 8;

    /// <summary>Fewest channels in a slab: 256 bytes of float32 in a row.</summary>
    const int SlabChannels = 64;

    /// <summary>Channels in a group.</summary>
    public int Width => Channels / Groups;

    /// <summary>
    /// Calls body(image, firstGroup, groups) so that every group of every image is covered once; no result may depend on the cut.
    /// </summary>
    public void ForEachSlab(Action<int, int, int> body)
    {
        int slabs = Images >= EnoughImages ? 1 : Math.Clamp(Channels / SlabChannels, 1, Math.Min(EnoughImages, Groups));
        int groups = Groups;
        Action<int> item = i =>
        {
            (int image, int slab) = Math.DivRem(i, slabs);
            int first = (int)((long)slab * groups / slabs), end = (int)((slab + 1L) * groups / slabs);
            body(image, first, end - first);
        };
        if ((long)Images * Rows * Channels >= ParallelElements)
        {
            CpuThreads.For(Images * slabs, item);
            return;
        }

        for (int i = 0; i < Images * slabs; i++)
            item(i);
    }
}
