using System.Runtime.Intrinsics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>The micro-kernel of this machine and how columns fall into its panels; chosen once, constants to the compiler.</summary>
internal static unsafe class TileGeometry<T> where T : unmanaged
{
    /// <summary>Vectors of the widest panel.</summary>
    public const int PanelVectors = 3;

    /// <summary>Rows of a tile.</summary>
    public static int Rows => Vector512.IsHardwareAccelerated ? TileKernel512<T>.Rows : TileKernelVector<T>.Rows;

    /// <summary>Elements of a vector.</summary>
    public static int Lanes => Vector512.IsHardwareAccelerated ? TileKernel512<T>.Lanes : TileKernelVector<T>.Lanes;

    /// <summary>Elements between the rows of a packed panel, whatever the width it uses.</summary>
    public static int PanelWidth => PanelVectors * Lanes;

    /// <summary>Steps of a block of the sum: a panel of B of this depth stays in the first-level cache.</summary>
    public static int Depth => 36 * 1024 / (PanelWidth * sizeof(T));

    /// <summary>Panels that <paramref name="columns"/> fall into.</summary>
    public static int Panels(int columns) => (Vectors(columns) + PanelVectors - 1) / PanelVectors;

    /// <summary>First vector of a panel. Four vectors at the end are two and two: a panel of one is the slowest.</summary>
    public static int PanelStart(int columns, int panel)
    {
        int vectors = Vectors(columns), panels = Panels(columns);
        bool halves = panels >= 2 && vectors % PanelVectors == 1;
        return halves && panel == panels - 1 ? vectors - 2 : Math.Min(vectors, panel * PanelVectors);
    }

    public static void Run(Tile<T>* tile, int vectors)
    {
        if (Vector512.IsHardwareAccelerated) TileKernel512<T>.Run(tile, vectors);
        else TileKernelVector<T>.Run(tile, vectors);
    }

    static int Vectors(int columns) => (columns + Lanes - 1) / Lanes;
}
