using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>One thread's share of a product: some rows of A, some panels of B, the whole sum.</summary>
/// <remarks>Operands are addressed as in <see cref="Tile{T}"/>.</remarks>
internal unsafe struct BlockProduct<T> where T : unmanaged, INumberBase<T>
{
    /// <summary>Steps of a block of the sum where rows go first: a tile's rows of A and all panels of B stay near.</summary>
    public const int RowsFirstDepth = 1024;

    public T* A;

    /// <summary>Offset of each row of A, padded with a valid offset to whole tiles: see <see cref="PaddedRows"/>.</summary>
    public nint* RowsA;
    public int Rows;
    public nint* RunsA;
    public nint StrideA;

    /// <summary>All of B; panel p begins at p * <see cref="PanelB"/> where B is packed, at its first column where that is 0.</summary>
    public T* B;
    public nint PanelB;
    public nint* RunsB;
    public nint StrideB;
    public int Runs;
    public int Length;

    /// <summary>Steps of a block of the sum, where other than a panel in the first-level cache allows; 0 for those.</summary>
    public int Depth;

    /// <summary>B to be packed on the way, a panel at a time: [k, n], or [n, k] if transposed. Null for B as above.</summary>
    public T* SourceB;
    public nint SourceStride;
    public bool SourceTransposed;

    /// <summary>Columns of all of B.</summary>
    public int Columns;
    public int FirstPanel;
    public int EndPanel;

    /// <summary>Where row 0 of A and column 0 of B meet.</summary>
    public T* C;
    public nint StrideC;

    /// <summary>
    /// Write C[column, row], <see cref="StrideC"/> between columns. Then a tile's rows go through all panels and the whole sum before the
    /// next: A is read once.
    /// </summary>
    public bool TransposeC;
    public bool Accumulate;

    /// <summary>Applied to each tile when its sum is complete.</summary>
    public EpilogueKernel<T> Epilogue;

    /// <summary>Row 0 of A among the rows of the whole result, or among its columns where C is transposed.</summary>
    public long FirstRow;

    /// <summary>Room that <see cref="RowsA"/> needs for <paramref name="rows"/> rows.</summary>
    public static int PaddedRows(int rows) => (rows + TileGeometry<T>.Rows - 1) / TileGeometry<T>.Rows * TileGeometry<T>.Rows;

    /// <summary>Repeats the last row's offset up to a whole tile: those rows are computed and thrown away.</summary>
    public static void PadRows(nint* rowsA, int rows)
    {
        for (int i = rows; i < PaddedRows(rows); i++) rowsA[i] = rowsA[rows - 1];
    }

    /// <summary>Computes the block: blocks of the sum outermost, then panels of B, so that a panel stays in cache for all rows.</summary>
    public void Run()
    {
        if (!TransposeC)
        {
            RunRows(0, Rows, Depth == 0 ? TileGeometry<T>.Depth : Depth);
            return;
        }
        int together = Math.Max(TileGeometry<T>.Rows, Vector512<T>.Count);
        for (int start = 0; start < Rows; start += together)
        {
            int end = Math.Min(Rows, start + together);
            for (int row = start; row < end; row += TileGeometry<T>.Rows)
                RunRows(row, Math.Min(end, row + TileGeometry<T>.Rows), RowsFirstDepth);
            FinishTransposed(start, end - start);
        }
    }

    void RunRows(int firstRow, int endRow, int depth)
    {
        if (Length > depth)
        {
            int pieces = (Length + depth - 1) / depth, piece = (Length + pieces - 1) / pieces;
            for (int run = 0; run < Runs; run++)
            {
                for (int start = 0; start < Length; start += piece)
                    RunPanels(firstRow, endRow, run, 1, start, Math.Min(piece, Length - start));
            }
        }
        else
        {
            int group = Math.Max(1, depth / Math.Max(1, Length)), groups = (Runs + group - 1) / group;
            group = (Runs + groups - 1) / groups;
            for (int run = 0; run < Runs; run += group)
                RunPanels(firstRow, endRow, run, Math.Min(group, Runs - run), 0, Length);
        }
    }

    [SkipLocalsInit]
    void RunPanels(int firstRow, int endRow, int run, int runs, int start, int length)
    {
        using Scratch<T> panelB = SourceB is null ? default : Scratch<T>.Rent((long)runs * length * TileGeometry<T>.PanelWidth);
        T* edge = stackalloc T[TileGeometry<T>.Rows * TileGeometry<T>.PanelWidth];
        int lanes = TileGeometry<T>.Lanes, tileRows = TileGeometry<T>.Rows;
        Tile<T> tile = new()
        {
            RunsA = RunsA + run,
            StrideA = StrideA,
            RunsB = RunsB + run,
            StrideB = StrideB,
            Runs = runs,
            Length = length,
            A = A + start * StrideA,
        };
        bool accumulate = Accumulate || run > 0 || start > 0, last = run + runs == Runs && start + length == Length && !TransposeC;
        for (int panel = FirstPanel; panel < EndPanel; panel++)
        {
            int startVector = TileGeometry<T>.PanelStart(Columns, panel);
            int vectors = TileGeometry<T>.PanelStart(Columns, panel + 1) - startVector;
            int column = startVector * lanes, columns = Math.Min(Columns - column, vectors * lanes);
            if (SourceB is null)
            {
                tile.B = B + (PanelB == 0 ? column : panel * PanelB) + start * StrideB;
            }
            else
            {
                PackPanel(run * Length + start, runs * length, column, columns, vectors * lanes, panelB.Pointer);
                tile.B = panelB.Pointer - RunsB[run];
            }
            for (int row = firstRow; row < endRow; row += tileRows)
            {
                int rows = Math.Min(tileRows, endRow - row);
                tile.RowsA = RowsA + row;
                if (last) Epilogue.Prefetch(FirstRow + row, rows, column, columns);
                if (SourceB is not null) AskForNext(panel, run * Length + start, runs * length, row - firstRow, endRow - firstRow);
                if (rows == tileRows && columns == vectors * lanes && !TransposeC)
                {
                    tile.C = C + row * StrideC + column;
                    tile.StrideC = StrideC;
                    tile.Accumulate = accumulate;
                    TileGeometry<T>.Run(&tile, vectors);
                }
                else
                {
                    tile.C = edge;
                    tile.StrideC = TileGeometry<T>.PanelWidth;
                    tile.Accumulate = false;
                    TileGeometry<T>.Run(&tile, vectors);
                    if (TransposeC) StoreTransposed(edge, row, rows, column, columns, accumulate);
                    else StorePart(edge, row, rows, column, columns, accumulate);
                }
                if (last) Epilogue.Apply(C + row * StrideC + column, StrideC, FirstRow + row, rows, column, columns);
            }
        }
    }

    readonly void PackPanel(int firstK, int k, int column, int columns, int padded, T* to)
    {
        if (SourceTransposed) PanelPacking<T>.CopyColumns(SourceB + column * SourceStride + firstK, SourceStride, k, columns, padded, to);
        else PanelPacking<T>.CopyRows(SourceB + firstK * SourceStride + column, SourceStride, k, columns, padded, to);
    }

    /// <summary>Asks for part of what is packed after a panel, so that memory brings it while the panel is multiplied.</summary>
    /// <param name="panel">The panel.</param>
    /// <param name="firstK">The first step that is packed of it.</param>
    /// <param name="k">The steps that are packed of it.</param>
    /// <param name="row">Row of the tile that asks.</param>
    /// <param name="rows">Rows that the panel is multiplied with: each of their tiles asks for its share.</param>
    readonly void AskForNext(int panel, int firstK, int k, int row, int rows)
    {
        if (++panel == EndPanel) (panel, firstK) = (FirstPanel, firstK + k);
        k = Math.Min(k, Runs * Length - firstK);
        (int column, int columns, _) = PanelPacking<T>.Extent(Columns, panel);
        (int lines, int width) = SourceTransposed ? (columns, k) : (k, columns);
        T* source = SourceTransposed ? SourceB + column * SourceStride + firstK : SourceB + firstK * SourceStride + column;
        int next = Math.Min(rows, row + TileGeometry<T>.Rows);
        for (int i = lines * row / rows; i < lines * next / rows; i++)
            CacheHint.Ask(source + i * SourceStride, width);
    }

    /// <summary>The epilogue of some rows of A through all panels: as many as a vector has lanes, which become columns.</summary>
    readonly void FinishTransposed(int row, int rows)
    {
        int first = TileGeometry<T>.PanelStart(Columns, FirstPanel) * TileGeometry<T>.Lanes;
        int end = Math.Min(Columns, TileGeometry<T>.PanelStart(Columns, EndPanel) * TileGeometry<T>.Lanes);
        Epilogue.Apply(C + first * StrideC + row, StrideC, first, end - first, (int)FirstRow + row, rows);
    }

    readonly void StorePart(T* edge, int row, int rows, int column, int columns, bool accumulate)
    {
        for (int i = 0; i < rows; i++)
        {
            T* from = edge + i * TileGeometry<T>.PanelWidth, to = C + (row + i) * StrideC + column;
            for (int j = 0; j < columns; j++) to[j] = accumulate ? to[j] + from[j] : from[j];
        }
    }

    readonly void StoreTransposed(T* edge, int row, int rows, int column, int columns, bool accumulate)
    {
        for (int j = 0; j < columns; j++)
        {
            T* from = edge + j, to = C + (column + j) * StrideC + row;
            for (int i = 0; i < rows; i++)
            {
                T value = from[i * TileGeometry<T>.PanelWidth];
                to[i] = accumulate ? to[i] + value : value;
            }
        }
    }
}
