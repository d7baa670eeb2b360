using System.Numerics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Matrix product on the CPU: C = op(A) op(B), register-blocked after Goto &amp; van de Geijn 2008, on all threads.</summary>
/// <remarks>
/// B is packed into panels where it must be; A is read in place. Where C is small and the sum is long, as in weight gradients, the sum is
/// cut into parts whose number depends on the shape alone, so that the same inputs give the same bits on any number of threads.
/// </remarks>
internal static unsafe class Gemm<T> where T : unmanaged, INumberBase<T>
{
    /// <summary>Multiplications below which handing work to another thread costs more than it saves.</summary>
    const double SmallWork = 100_000;

    /// <summary>Largest C, in elements, of which every part of a cut sum may have a copy.</summary>
    const long SmallResult = 256 * 1024;

    /// <summary>Rows up to which a thread takes panels of B for all rows, so that it can pack each by itself just before its
    /// use.</summary>
    const int MostRowsOnTheWay = 1024;

    /// <summary>The order in which a product of m rows reads a weight [k, n], or [n, k], as B; null where it takes it as it is.</summary>
    public static PackedLayout? WeightLayout(int m, int n, int k, bool transposed)
    {
        if (k <= 0 || (!(transposed && HasFewRows(m, n)) && Parts(m, n, k) > 1) || !Packs(transposed, m, n, transposed ? k : n))
            return null;
        return new PackedLayout(transposed ? PackedForm.Columns : PackedForm.Rows, k, n);
    }

    /// <summary>C [m, n] = op(A) op(B), and then the epilogue of that.</summary>
    /// <param name="transposeA">A is stored [k, m] instead of [m, k].</param>
    /// <param name="transposeB">B is stored [n, k] instead of [k, n].</param>
    /// <param name="m">Rows of C.</param>
    /// <param name="n">Columns of C.</param>
    /// <param name="k">Length of the sums; 0 gives zeros.</param>
    /// <param name="a">A, its stored rows <paramref name="lda"/> elements apart.</param>
    /// <param name="lda">At least the stored row's length.</param>
    /// <param name="b">B, its stored rows <paramref name="ldb"/> elements apart.</param>
    /// <param name="ldb">At least the stored row's length.</param>
    /// <param name="c">Result, rows <paramref name="ldc"/> apart; overlaps neither A nor B.</param>
    /// <param name="ldc">At least <paramref name="n"/>.</param>
    /// <param name="epilogue">Applied to C [m, n]; none by default.</param>
    /// <param name="packedB">B as <see cref="WeightLayout"/> says; null to pack it here.</param>
    public static void Multiply(
        bool transposeA, bool transposeB, int m, int n, int k, T* a, nint lda, T* b, nint ldb, T* c, nint ldc,
        EpilogueKernel<T> epilogue = default, T* packedB = null)
    {
        if (m <= 0 || n <= 0) return;
        if (k <= 0) EmptySum(m, n, c, ldc, epilogue);
        else if (packedB is not null)
            PackedProduct(transposeB && HasFewRows(m, n), m, n, k, a, lda, packedB, c, ldc, epilogue);
        else if (transposeB && !transposeA && HasFewRows(m, n))
            Product(false, true, n, m, k, b, ldb, a, lda, c, ldc, epilogue, transposeC: true);
        else if (Parts(m, n, k) is > 1 and int parts)
            SumOfParts(parts, transposeA, transposeB, m, n, k, a, lda, b, ldb, c, ldc, epilogue);
        else
            Product(transposeA, transposeB, m, n, k, a, lda, b, ldb, c, ldc, epilogue, transposeC: false);
    }

    /// <summary>C[i] = op(A[i]) op(B[i]) for each i below <paramref name="batch"/>.</summary>
    /// <remarks>Matrix i of an operand begins i times its stride after the first.</remarks>
    public static void MultiplyBatch(
        int batch, bool transposeA, bool transposeB, int m, int n, int k,
        T* a, nint lda, nint strideA, T* b, nint ldb, nint strideB, T* c, nint ldc, nint strideC)
    {
        if (batch >= CpuThreads.Count)
        {
            CpuThreads.For(batch, i => Multiply(
                transposeA, transposeB, m, n, k, a + i * strideA, lda, b + i * strideB, ldb, c + i * strideC, ldc));
            return;
        }
        for (int i = 0; i < batch; i++)
            Multiply(transposeA, transposeB, m, n, k, a + i * strideA, lda, b + i * strideB, ldb, c + i * strideC, ldc);
    }

    /// <summary>Whether A is small enough to be the packed operand, where B is stored transposed.</summary>
    static bool HasFewRows(int m, int n) => m < n && m <= 8 * TileGeometry<T>.PanelWidth;

    static bool Packs(bool transposeB, int m, int n, nint ldb) =>
        transposeB || n % TileGeometry<T>.Lanes != 0 || (ldb > 512 && m > 2 * TileGeometry<T>.Rows);

    static int Parts(int m, int n, int k)
    {
        if (k < 1024 || (long)m * n > SmallResult || k < 4 * Math.Max(m, n)) return 1;
        return (int)Math.Min(8, k / 512);
    }

    static void SumOfParts(
        int parts, bool transposeA, bool transposeB, int m, int n, int k, T* a, nint lda, T* b, nint ldb, T* c, nint ldc,
        EpilogueKernel<T> epilogue)
    {
        long size = (long)m * n;
        using Scratch<T> sums = Scratch<T>.Rent(size * parts);
        T* partial = sums.Pointer;
        int step = (k + parts - 1) / parts;
        CpuThreads.For(parts, part =>
        {
            int first = part * step;
            Product(
                transposeA, transposeB, m, n, Math.Min(step, k - first), a + first * (transposeA ? lda : 1), lda,
                b + first * (transposeB ? 1 : ldb), ldb, partial + part * size, n, default, transposeC: false);
        });
        PartialSums<T>.Add(partial, parts, m, n, c, ldc, epilogue);
    }

    /// <summary>One product on all threads, or inside a loop on one; with <paramref name="transposeC"/>, C is stored [n, m].</summary>
    static void Product(
        bool transposeA, bool transposeB, int m, int n, int k, T* a, nint lda, T* b, nint ldb, T* c, nint ldc,
        EpilogueKernel<T> epilogue, bool transposeC)
    {
        int panels = TileGeometry<T>.Panels(n);
        bool pack = Packs(transposeB, m, n, ldb);
        bool parallel = (double)m * n * k > SmallWork;
        bool onTheWay = pack && m <= MostRowsOnTheWay && panels >= 4 * CpuThreads.Count;
        using Scratch<T> scratch = pack && !onTheWay ? Scratch<T>.Rent(PanelPacking<T>.Size(k, n)) : default;
        T* packed = scratch.Pointer;
        if (pack && !onTheWay)
        {
            Loop(parallel && panels > 1, panels, panel =>
            {
                if (transposeB) PanelPacking<T>.PackColumns(b, ldb, k, n, panel, packed);
                else PanelPacking<T>.PackRows(b, ldb, k, n, panel, packed);
            });
        }

        Run(onTheWay ? Grid.Columns(m, panels) : Grid.Choose(m, panels, TileGeometry<T>.Rows), parallel, transposeA ? 1 : lda, new()
        {
            A = a,
            StrideA = transposeA ? lda : 1,
            B = pack ? packed : b,
            PanelB = pack ? PanelPacking<T>.PanelSize(k) : 0,
            StrideB = pack ? TileGeometry<T>.PanelWidth : ldb,
            SourceB = onTheWay ? b : null,
            SourceStride = ldb,
            SourceTransposed = transposeB,
            Length = k,
            Columns = n,
            C = c,
            StrideC = ldc,
            TransposeC = transposeC,
            Epilogue = epilogue,
        });
    }

    /// <summary>One product whose B is packed. With few rows the sums are cut as where A is the packed operand: the same bits.</summary>
    static void PackedProduct(
        bool fewRows, int m, int n, int k, T* a, nint lda, T* packedB, T* c, nint ldc, EpilogueKernel<T> epilogue)
    {
        int panels = TileGeometry<T>.Panels(n);
        Grid grid = fewRows ? Grid.Columns(m, panels) : Grid.Choose(m, panels, TileGeometry<T>.Rows);
        Run(grid, (double)m * n * k > SmallWork, lda, new()
        {
            A = a,
            StrideA = 1,
            B = packedB,
            PanelB = PanelPacking<T>.PanelSize(k),
            StrideB = TileGeometry<T>.PanelWidth,
            Length = k,
            Depth = fewRows ? BlockProduct<T>.RowsFirstDepth : 0,
            Columns = n,
            C = c,
            StrideC = ldc,
            Epilogue = epilogue,
        });
    }

    /// <summary>Runs a product block by block; <paramref name="product"/> says all but which rows and panels.</summary>
    static void Run(Grid grid, bool parallel, nint rowStride, BlockProduct<T> product) => Loop(parallel, grid.Count, index =>
    {
        (int row, int rows) = grid.Rows(index);
        nint* rowsA = stackalloc nint[BlockProduct<T>.PaddedRows(rows)];
        nint none = 0;
        for (int i = 0; i < rows; i++) rowsA[i] = (row + i) * rowStride;
        BlockProduct<T>.PadRows(rowsA, rows);
        BlockProduct<T> block = product;
        block.RowsA = rowsA;
        block.Rows = rows;
        block.RunsA = &none;
        block.RunsB = &none;
        block.Runs = 1;
        (block.FirstPanel, block.EndPanel) = grid.Panels(index);
        block.C += product.TransposeC ? row : row * product.StrideC;
        block.FirstRow = row;
        block.Run();
    });

    static void Loop(bool parallel, int count, Action<int> body)
    {
        if (parallel)
        {
            CpuThreads.For(count, body);
            return;
        }
        for (int i = 0; i < count; i++) body(i);
    }

    static void EmptySum(int m, int n, T* c, nint ldc, EpilogueKernel<T> epilogue)
    {
        for (int i = 0; i < m; i++) new Span<T>(c + i * ldc, n).Clear();
        epilogue.Apply(c, ldc, 0, m, 0, n);
    }
}
