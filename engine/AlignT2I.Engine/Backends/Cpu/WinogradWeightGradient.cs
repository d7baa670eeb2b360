using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Gradient of the weights of <see cref="Winograd.Convolve"/>, its adjoint: 16 products for a square instead of 36.</summary>
/// <remarks>
/// dU[o, c] = sum over squares of (A dy A^T)[o] (B^T d B)[c] for each of the 16 products, and dweight = G^T dU G. A block of output
/// channels by source channels is one thread's: its sums stay in a second-level cache while all squares go past, some at a time, both
/// sides transformed just before their use. Where blocks are few, the squares are cut into parts, by the sizes alone. The error: on random
/// values its root mean square is at most twice that of the sum by its definition (1.2 to 1.8 times), and below 5 * 2^-24 * sqrt(pixels)
/// of the largest product; tested against float64.
/// </remarks>
internal static unsafe class WinogradWeightGradient
{
    /// <summary>Channels of a block, and squares that are transformed at a time, at most: 1.2 MB together.</summary>
    const int MostOutputs = 64, MostChannels = 96, MostSquares = 64;

    /// <summary>Blocks times parts that are wanted, for as many threads; parts at most, each with a gradient of its own.</summary>
    const int Wanted = 16, MostParts = 8;

    /// <summary>dweight [O, 3, 3, C] from <paramref name="source"/> and <paramref name="dy"/>, of one image or more.</summary>
    public static void Compute(WinogradShape s, float* source, float* dy, float* dweight)
    {
        var outputs = new Cut(s.O, MostOutputs, TileGeometry<float>.Rows);
        var channels = new Cut(s.C, MostChannels, Vector512<float>.Count);
        var squares = new Cut(s.Squares, MostSquares, 1);
        int blocks = outputs.Count * channels.Count, parts = Math.Clamp(Wanted / blocks, 1, Math.Min(MostParts, squares.Count));
        long size = (long)s.O * WinogradWeights.Positions * s.C;
        int widest = Math.Max(outputs.Size, channels.Size);
        using Scratch<float> zeros = Scratch<float>.Rent(widest), partial = parts > 1 ? Scratch<float>.Rent(parts * size) : default;
        float* zero = zeros.Pointer, sums = parts > 1 ? partial.Pointer : dweight;
        new Span<float>(zero, widest).Clear();
        CpuThreads.For(blocks * parts, index =>
        {
            (index, int part) = Math.DivRem(index, parts);
            (int o, int c) = Math.DivRem(index, channels.Count);
            int first = (int)((long)squares.Count * part / parts), end = (int)((long)squares.Count * (part + 1) / parts);
            new Block(s, outputs.Extent(o), channels.Extent(c), squares).Run(first, end, source, dy, zero, sums + part * size);
        });
        int depth = WinogradWeights.Positions * s.C;
        if (parts > 1) PartialSums<float>.Add(sums, parts, s.O, depth, dweight, depth, default);
    }

    readonly struct Block(WinogradShape s, (int First, int Count) outputs, (int First, int Count) channels, Cut squares)
    {
        /// <summary>Pieces first .. end - 1 of the squares go past; then their gradient is written.</summary>
        public void Run(int first, int end, float* source, float* dy, float* zero, float* dweight)
        {
            int rows = BlockProduct<float>.PaddedRows(outputs.Count);
            WinogradLayout left = WinogradLayout.Of(squares.Size, rows), right = WinogradLayout.Of(squares.Size, channels.Count);
            WinogradLayout sum = WinogradLayout.Of(rows, channels.Count);
            using Scratch<float> m = Scratch<float>.Rent(left.Size), v = Scratch<float>.Rent(right.Size);
            using Scratch<float> u = Scratch<float>.Rent(sum.Size);
            nint* rowsA = stackalloc nint[rows];
            nint none = 0;
            for (int i = 0; i < rows; i++) rowsA[i] = i;
            int columns = WinogradLayout.WholeVectors(channels.Count);
            var product = new BlockProduct<float>
            {
                RowsA = rowsA,
                Rows = rows,
                RunsA = &none,
                StrideA = left.RowSize,
                RunsB = &none,
                StrideB = right.RowSize,
                Runs = 1,
                Columns = columns,
                EndPanel = TileGeometry<float>.Panels(columns),
                StrideC = sum.RowSize,
            };
            for (int piece = first; piece < end; piece++)
            {
                (int square, int count) = squares.Extent(piece);
                var places = new WinogradSquares(s, square, count, zero);
                places.TransformResultGradient(dy, outputs.First, outputs.Count, m.Pointer, left);
                places.TransformSource(source, channels.First, channels.Count, v.Pointer, right);
                product.Length = count;
                product.Accumulate = piece > first;
                for (int i = 0; i < Winograd.Products; i++)
                {
                    product.A = m.Pointer + i * left.Matrix;
                    product.B = v.Pointer + i * right.Matrix;
                    product.C = u.Pointer + i * sum.Matrix;
                    product.Run();
                }
            }
            Store(u.Pointer, sum, dweight);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Store(float* u, WinogradLayout layout, float* dweight)
        {
            nint matrix = layout.Matrix;
            for (int i = 0; i < outputs.Count; i++, u += layout.RowSize)
            {
                float* to = dweight + (nint)(outputs.First + i) * WinogradWeights.Positions * s.C + channels.First;
                for (int c = 0; c < channels.Count; c += Vector512<float>.Count)
                    WinogradTransform.WeightGradient(u + c, matrix, to + c, s.C, channels.Count - c);
            }
        }
    }

    /// <summary>A range cut into equal pieces of at most so many, a multiple of a length but the last.</summary>
    readonly struct Cut
    {
        readonly int total;

        public Cut(int total, int most, int multiple)
        {
            this.total = total;
            int pieces = Math.Max(1, (total + most - 1) / most);
            Size = Math.Max(1, ((total + pieces - 1) / pieces + multiple - 1) / multiple * multiple);
            Count = (total + Size - 1) / Size;
        }

        /// <summary>The largest piece.</summary>
        public int Size { get; }

        public int Count { get; }

        public (int First, int Count) Extent(int piece) => (piece * Size, Math.Min(Size, total - piece * Size));
    }
}
