using System.Numerics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>2-D convolution of NHWC images as a matrix product over kernel positions and channels, without a matrix of patches.</summary>
/// <remarks>The gradient of the images is the convolution of dy with the weights turned by 180 degrees, channels exchanged.</remarks>
internal static unsafe partial class Convolution<T> where T : unmanaged, INumberBase<T>
{
    /// <summary>y [N, OH, OW, O] = x * weight + bias; <paramref name="bias"/> is null for none.</summary>
    public static void Forward(ConvolutionShape s, T* x, T* weight, T* bias, T* y)
    {
        if (s.IsProduct)
        {
            Gemm<T>.Multiply(false, true, s.N * s.H * s.W, s.O, s.C, x, s.C, weight, s.C, y, s.O, bias: bias);
            return;
        }
        using Scratch<T> scratch = Scratch<T>.Rent(PanelPacking<T>.Size(s.Depth, s.O));
        T* packed = scratch.Pointer;
        CpuThreads.For(
            TileGeometry<T>.Panels(s.O), panel => PanelPacking<T>.PackColumns(weight, s.Depth, s.Depth, s.O, panel, packed));
        Correlate(ForwardStrips(s), x, packed, s.O, bias, y);
    }

    /// <summary>dx [N, H, W, C] from <paramref name="dy"/> [N, OH, OW, O].</summary>
    public static void BackwardData(ConvolutionShape s, T* dy, T* weight, T* dx)
    {
        if (s.IsProduct)
        {
            Gemm<T>.Multiply(false, false, s.N * s.H * s.W, s.C, s.O, dy, s.O, weight, s.C, dx, s.C);
            return;
        }
        int depth = s.KH * s.KW * s.O;
        using Scratch<T> scratch = Scratch<T>.Rent(PanelPacking<T>.Size(depth, s.C));
        T* packed = scratch.Pointer;
        CpuThreads.For(TileGeometry<T>.Panels(s.C), panel => PackTurned(s, weight, depth, panel, packed));
        var strips = new ImageStrips<T>
        {
            Source = (s.N, s.OH, s.OW, s.O),
            Result = (s.H, s.W),
            Kernel = (s.KH, s.KW),
            Stride = 1,
            Dilation = s.Stride,
            Padding = (s.KH - 1 - s.Padding.Top, s.KW - 1 - s.Padding.Left),
        };
        Correlate(strips, dy, packed, s.C, null, dx);
    }

    static ImageStrips<T> ForwardStrips(ConvolutionShape s) => new()
    {
        Source = (s.N, s.H, s.W, s.C),
        Result = (s.OH, s.OW),
        Kernel = (s.KH, s.KW),
        Stride = s.Stride,
        Dilation = 1,
        Padding = (s.Padding.Top, s.Padding.Left),
    };

    /// <summary>result [pixels, columns] = patches of the source times the packed weights + bias.</summary>
    static void Correlate(ImageStrips<T> strips, T* source, T* packed, int columns, T* bias, T* result)
    {
        int panels = TileGeometry<T>.Panels(columns), channels = strips.Source.C;
        int across = Math.Clamp((4 * CpuThreads.Count + strips.Count - 1) / Math.Max(1, strips.Count), 1, panels);
        int blockPanels = (panels + across - 1) / across;
        across = (panels + blockPanels - 1) / blockPanels;
        int kernelRow = strips.Kernel.W * channels;
        CpuThreads.For(strips.Count * across, index =>
        {
            int strip = index / across, panel = index % across * blockPanels;
            (long firstPixel, int images, int rows) = strips.Extent(strip);
            using Scratch<T> buffer = Scratch<T>.Rent(strips.BufferSize);
            strips.Fill(strip, source, buffer.Pointer);

            int resultRows = images * rows, pixels = resultRows * strips.Result.W;
            nint* rowsA = stackalloc nint[BlockProduct<T>.PaddedRows(pixels)], starts = stackalloc nint[resultRows];
            strips.ResultRows(strip, starts);
            for (int row = 0, pixel = 0; row < resultRows; row++)
            {
                for (int column = 0; column < strips.Result.W; column++) rowsA[pixel++] = starts[row] + column * strips.Stride * channels;
            }
            BlockProduct<T>.PadRows(rowsA, pixels);
            nint* runsA = stackalloc nint[strips.Kernel.H], runsB = stackalloc nint[strips.Kernel.H];
            for (int i = 0; i < strips.Kernel.H; i++)
            {
                runsA[i] = i * strips.RowSize;
                runsB[i] = (nint)i * kernelRow * TileGeometry<T>.PanelWidth;
            }
            new BlockProduct<T>
            {
                A = buffer.Pointer,
                RowsA = rowsA,
                Rows = pixels,
                RunsA = runsA,
                StrideA = 1,
                B = packed,
                PanelB = PanelPacking<T>.PanelSize(strips.Kernel.H * kernelRow),
                RunsB = runsB,
                StrideB = TileGeometry<T>.PanelWidth,
                Runs = strips.Kernel.H,
                Length = kernelRow,
                Columns = columns,
                FirstPanel = panel,
                EndPanel = Math.Min(panels, panel + blockPanels),
                C = result + firstPixel * columns,
                StrideC = columns,
                Bias = bias,
            }.Run();
        });
    }

    /// <summary>Packs a panel of input channels: row (kh, kw, o) holds output channel o's weights at the opposite kernel position.</summary>
    static void PackTurned(ConvolutionShape s, T* weight, int depth, int panel, T* packed)
    {
        (int column, int columns, int padded) = PanelPacking<T>.Extent(s.C, panel);
        T* to = packed + panel * PanelPacking<T>.PanelSize(depth);
        for (int position = s.KH * s.KW - 1; position >= 0; position--)
        {
            for (int o = 0; o < s.O; o++, to += TileGeometry<T>.PanelWidth)
                PanelPacking<T>.PackRow(weight + ((nint)o * s.KH * s.KW + position) * s.C + column, columns, padded, to);
        }
    }
}
