using System.Runtime.CompilerServices;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Product of small matrices near the processor by the machine's micro-kernel: c = a b, or added to c.</summary>
/// <remarks>a is read one element at a time with any strides, so neither it nor its transpose needs packing.</remarks>
internal static unsafe class TileProduct<T> where T : unmanaged
{
    /// <summary>Rows that c must have room for where a has <paramref name="rows"/>: what is behind them has no meaning.</summary>
    public static int PaddedRows(int rows) => (rows + TileGeometry<T>.Rows - 1) / TileGeometry<T>.Rows * TileGeometry<T>.Rows;

    /// <summary>Whole vectors that hold <paramref name="columns"/> elements.</summary>
    public static int PaddedColumns(int columns) =>
        (columns + TileGeometry<T>.Lanes - 1) / TileGeometry<T>.Lanes * TileGeometry<T>.Lanes;

    /// <summary>c (+)= a b.</summary>
    /// <param name="a">[rows, depth]: element (r, k) at r * rowStride + k * depthStride.</param>
    /// <param name="rowStride">Distance of a's rows.</param>
    /// <param name="depthStride">Distance of a's columns.</param>
    /// <param name="b">[depth, columns], rows <paramref name="bStride"/> apart.</param>
    /// <param name="bStride">Distance of b's rows.</param>
    /// <param name="c">[rows, columns], rows <paramref name="cStride"/> apart, with room for <see cref="PaddedRows"/>.</param>
    /// <param name="cStride">Distance of c's rows.</param>
    /// <param name="rows">Rows of a and c.</param>
    /// <param name="depth">Columns of a, rows of b.</param>
    /// <param name="columns">Columns of b and c: whole vectors.</param>
    /// <param name="add">Adds to c instead of overwriting it.</param>
    [SkipLocalsInit]
    public static void Run(
        T* a, nint rowStride, nint depthStride, T* b, nint bStride, T* c, nint cStride, int rows, int depth, int columns, bool add)
    {
        int tileRows = TileGeometry<T>.Rows, left = rows % tileRows;
        nint* whole = stackalloc nint[tileRows], part = stackalloc nint[tileRows];
        for (int i = 0; i < tileRows; i++)
        {
            whole[i] = i * rowStride;
            part[i] = Math.Min(i, left - 1) * rowStride;
        }

        nint none = 0;
        Tile<T> tile = new()
        {
            RunsA = &none,
            StrideA = depthStride,
            RunsB = &none,
            StrideB = bStride,
            Runs = 1,
            Length = depth,
            StrideC = cStride,
            Accumulate = add,
        };
        int panels = TileGeometry<T>.Panels(columns);
        for (int panel = 0; panel < panels; panel++)
        {
            int start = TileGeometry<T>.PanelStart(columns, panel), column = start * TileGeometry<T>.Lanes;
            int vectors = TileGeometry<T>.PanelStart(columns, panel + 1) - start;
            tile.B = b + column;
            for (int row = 0; row < rows; row += tileRows)
            {
                tile.A = a + row * rowStride;
                tile.RowsA = row + tileRows <= rows ? whole : part;
                tile.C = c + row * cStride + column;
                TileGeometry<T>.Run(&tile, vectors);
            }
        }
    }
}
