namespace AlignT2I.Engine.Backends.Cpu;

internal static unsafe partial class Convolution<T>
{
    /// <summary>The order in which <see cref="BackwardData"/> reads the weights, if that can be kept.</summary>
    public static PackedLayout? BackwardLayout(ConvolutionShape s)
    {
        if (s.IsProduct) return Gemm<T>.WeightLayout(s.N * s.H * s.W, s.C, s.O, transposed: false);
        return UsesWinograd(s) ? WinogradShape.BackwardData(s).Layout : null;
    }

    /// <summary>dx [N, H, W, C] from <paramref name="dy"/> [N, OH, OW, O]: dy convolved with the weights turned by 180 degrees.</summary>
    /// <remarks>
    /// With a stride, the pixels of dx whose row and column leave the same remainders meet the same kernel positions, every stride-th one;
    /// each of these sets is a convolution of its own with stride 1. <paramref name="packed"/> is the weight as
    /// <see cref="BackwardLayout"/> says; null to pack it here.
    /// </remarks>
    public static void BackwardData(ConvolutionShape s, T* dy, T* weight, T* packed, T* dx)
    {
        if (s.C == 0) return;
        if (s.IsProduct)
        {
            Gemm<T>.Multiply(false, false, s.N * s.H * s.W, s.C, s.O, dy, s.O, weight, s.C, dx, s.C, packedB: packed);
            return;
        }
        if (UsesWinograd(s))
        {
            Winograd.Convolve(WinogradShape.BackwardData(s), (float*)dy, (float*)weight, (float*)packed, default, (float*)dx);
            return;
        }
        for (int row = 0; row < Math.Min(s.Stride, s.H); row++)
        {
            for (int column = 0; column < Math.Min(s.Stride, s.W); column++)
            {
                var down = new Phase(row, s.H, s.KH, s.Stride, s.Padding.Top);
                BackwardPhase(s, down, new Phase(column, s.W, s.KW, s.Stride, s.Padding.Left), dy, weight, dx);
            }
        }
    }

    static void BackwardPhase(ConvolutionShape s, Phase down, Phase across, T* dy, T* weight, T* dx)
    {
        int depth = down.Taps * across.Taps * s.O;
        using Scratch<T> part = s.Stride == 1 ? default : Scratch<T>.Rent((long)s.N * down.Pixels * across.Pixels * s.C);
        T* result = s.Stride == 1 ? dx : part.Pointer;
        if (depth > 0)
        {
            using Scratch<T> scratch = Scratch<T>.Rent(PanelPacking<T>.Size(depth, s.C));
            T* packed = scratch.Pointer;
            CpuThreads.For(TileGeometry<T>.Panels(s.C), panel => PackTurned(s, down, across, weight, depth, panel, packed));
            var strips = new ImageStrips<T>
            {
                Source = (s.N, s.OH, s.OW, s.O),
                Result = (down.Pixels, across.Pixels),
                Kernel = (down.Taps, across.Taps),
                Stride = 1,
                Padding = (down.Before, across.Before),
            };
            Correlate(strips, dy, packed, s.C, default, result);
        }
        if (s.Stride > 1 || depth == 0) Spread(s, down, across, depth > 0 ? result : null, dx);
    }

    /// <summary>Copies the pixels of one phase to their places in dx; zeros where <paramref name="part"/> is null.</summary>
    static void Spread(ConvolutionShape s, Phase down, Phase across, T* part, T* dx) => CpuThreads.For(s.N * down.Pixels, row =>
    {
        T* to = dx + (((nint)(row / down.Pixels) * s.H + down.First + row % down.Pixels * s.Stride) * s.W + across.First) * s.C;
        for (int i = 0; i < across.Pixels; i++, to += (nint)s.Stride * s.C)
        {
            if (part is null) new Span<T>(to, s.C).Clear();
            else new ReadOnlySpan<T>(part + ((nint)row * across.Pixels + i) * s.C, s.C).CopyTo(new Span<T>(to, s.C));
        }
    });

    /// <summary>Packs a panel of input channels: row (i, j, o) holds output channel o's weights there, last position first.</summary>
    static void PackTurned(ConvolutionShape s, Phase down, Phase across, T* weight, int depth, int panel, T* packed)
    {
        (int column, int columns, int padded) = PanelPacking<T>.Extent(s.C, panel);
        T* to = packed + panel * PanelPacking<T>.PanelSize(depth);
        for (int i = down.Taps - 1; i >= 0; i--)
        {
            for (int j = across.Taps - 1; j >= 0; j--)
            {
                int position = (down.FirstTap + i * s.Stride) * s.KW + across.FirstTap + j * s.Stride;
                for (int o = 0; o < s.O; o++, to += TileGeometry<T>.PanelWidth)
                    PanelPacking<T>.PackRow(weight + ((nint)o * s.KH * s.KW + position) * s.C + column, columns, padded, to);
            }
        }
    }

    /// <summary>Along one axis, the pixels <paramref name="first"/>, first + stride, ... of dx and what reaches them.</summary>
    readonly struct Phase(int first, int size, int kernel, int stride, int padding)
    {
        public int First => first;

        /// <summary>Number of these pixels.</summary>
        public int Pixels => (size - first + stride - 1) / stride;

        /// <summary>First kernel position that reaches them; every stride-th from there does.</summary>
        public int FirstTap => (first + padding) % stride;

        /// <summary>Number of kernel positions that reach them.</summary>
        public int Taps => (Math.Max(0, kernel - FirstTap) + stride - 1) / stride;

        /// <summary>Zeros before dy, so that the last of these positions meets the first pixel; negative to leave pixels out.</summary>
        public int Before => Taps - 1 - (first + padding) / stride;
    }
}
