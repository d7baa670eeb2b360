namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>How the rows and column panels of a product are cut into blocks, one at a time for a thread.</summary>
internal readonly struct Grid
{
    /// <summary>Rows of a block at most: its part of A stays in the second-level cache.</summary>
    const int MostRows = 192;

    readonly int rows;
    readonly int panels;
    readonly int blockRows;
    readonly int blockPanels;
    readonly int down;
    readonly int across;

    Grid(int rows, int panels, int blockRows, int blockPanels)
    {
        (this.rows, this.panels, this.blockRows, this.blockPanels) = (rows, panels, blockRows, blockPanels);
        (down, across) = ((rows + blockRows - 1) / blockRows, (panels + blockPanels - 1) / blockPanels);
    }

    public int Count => down * across;

    /// <summary>Blocks of whole tiles, enough of them for every thread. The result does not depend on the cut.</summary>
    public static Grid Choose(int rows, int panels, int tileRows, int mostRows = MostRows)
    {
        int wanted = 4 * CpuThreads.Count;
        int down = Math.Max((rows + mostRows - 1) / mostRows, Math.Min(wanted, rows / (4 * tileRows)));
        down = Math.Max(1, down);
        int blockRows = ((rows + down - 1) / down + tileRows - 1) / tileRows * tileRows;
        int across = Math.Clamp((wanted + down - 1) / down, 1, panels);
        return new Grid(rows, panels, blockRows, (panels + across - 1) / across);
    }

    /// <summary>Blocks of all rows and few panels.</summary>
    public static Grid Columns(int rows, int panels)
    {
        int most = 16 * CpuThreads.Count;
        return new Grid(rows, panels, rows, (panels + most - 1) / most);
    }

    public (int First, int Count) Rows(int index)
    {
        int first = index / across * blockRows;
        return (first, Math.Min(blockRows, rows - first));
    }

    public (int First, int End) Panels(int index)
    {
        int first = index % across * blockPanels;
        return (first, Math.Min(panels, first + blockPanels));
    }
}
