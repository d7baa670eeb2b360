using System.Numerics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Copies a matrix B [k, n] into panels of columns: a panel holds its rows one after the other.</summary>
/// <remarks>Rows are padded with zeros to whole vectors.</remarks>
internal static unsafe class PanelPacking<T> where T : unmanaged, INumberBase<T>
{
    /// <summary>Elements of one packed panel of <paramref name="k"/> rows.</summary>
    public static nint PanelSize(int k) => (nint)k * TileGeometry<T>.PanelWidth;

    /// <summary>Elements of all packed panels.</summary>
    public static long Size(int k, int n) => (long)PanelSize(k) * TileGeometry<T>.Panels(n);

    /// <summary>Packs a panel of B whose row i begins at <paramref name="b"/> + i * <paramref name="ldb"/>.</summary>
    public static void PackRows(T* b, nint ldb, int k, int n, int panel, T* packed)
    {
        (int column, int columns, int padded) = Extent(n, panel);
        CopyRows(b + column, ldb, k, columns, padded, packed + panel * PanelSize(k));
    }

    /// <summary>Packs <paramref name="k"/> rows of some columns into one panel.</summary>
    public static void CopyRows(T* b, nint ldb, int k, int columns, int padded, T* to)
    {
        for (int i = 0; i < k; i++) PackRow(b + i * ldb, columns, padded, to + (nint)i * TileGeometry<T>.PanelWidth);
    }

    /// <summary>Packs a panel of B stored transposed: column j begins at <paramref name="b"/> + j * <paramref name="ldb"/>.</summary>
    public static void PackColumns(T* b, nint ldb, int k, int n, int panel, T* packed)
    {
        (int column, int columns, int padded) = Extent(n, panel);
        CopyColumns(b + column * ldb, ldb, k, columns, padded, packed + panel * PanelSize(k));
    }

    /// <summary>Packs <paramref name="k"/> rows of some columns, stored transposed, into one panel.</summary>
    public static void CopyColumns(T* b, nint ldb, int k, int columns, int padded, T* to)
    {
        int width = TileGeometry<T>.PanelWidth;
        SquareTranspose.Copy(b, ldb, columns, k, to, width);
        for (int i = 0; i < k && columns < padded; i++) new Span<T>(to + (nint)i * width + columns, padded - columns).Clear();
    }

    /// <summary>Packs one row of a panel.</summary>
    public static void PackRow(T* from, int columns, int padded, T* to)
    {
        new ReadOnlySpan<T>(from, columns).CopyTo(new Span<T>(to, columns));
        for (int j = columns; j < padded; j++) to[j] = T.Zero;
    }

    /// <summary>First column of a panel, the columns it holds and those it is padded to.</summary>
    public static (int Column, int Columns, int Padded) Extent(int n, int panel)
    {
        int lanes = TileGeometry<T>.Lanes;
        int start = TileGeometry<T>.PanelStart(n, panel) * lanes, end = TileGeometry<T>.PanelStart(n, panel + 1) * lanes;
        return (start, Math.Min(n, end) - start, end - start);
    }
}
