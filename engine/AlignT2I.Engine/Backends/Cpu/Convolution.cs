using System.Numerics;
using System.Runtime.CompilerServices;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>2-D convolution of NHWC images as a matrix product over kernel positions and channels, without a matrix of patches.</summary>
internal static unsafe partial class Convolution<T> where T : unmanaged, INumberBase<T>
{
    /// <summary>The order in which <see cref="Forward"/> reads the weights; null where it takes them as they are.</summary>
    public static PackedLayout? ForwardLayout(ConvolutionShape s)
    {
        if (s.IsProduct || s.Depth == 0) return Gemm<T>.WeightLayout(s.N * s.OH * s.OW, s.O, s.Depth, transposed: true);
        return UsesWinograd(s) ? WinogradShape.Forward(s).Layout : new PackedLayout(PackedForm.Columns, s.Depth, s.O);
    }

    /// <summary>y [N, OH, OW, O] = epilogue(x * weight).</summary>
    /// <remarks><paramref name="packed"/> is the weight as <see cref="ForwardLayout"/> says; null to pack it here.</remarks>
    public static void Forward(ConvolutionShape s, T* x, T* weight, T* packed, EpilogueKernel<T> epilogue, T* y)
    {
        if (s.O == 0) return;
        if (s.IsProduct || s.Depth == 0)
        {
            Gemm<T>.Multiply(
                false, true, s.N * s.OH * s.OW, s.O, s.Depth, x, s.Depth, weight, s.Depth, y, s.O, epilogue: epilogue, packedB: packed);
        }
        else if (UsesWinograd(s))
        {
            var ofFloat = Unsafe.BitCast<EpilogueKernel<T>, EpilogueKernel<float>>(epilogue);
            Winograd.Convolve(WinogradShape.Forward(s), (float*)x, (float*)weight, (float*)packed, ofFloat, (float*)y);
        }
        else
        {
            ForwardDirect(s, x, weight, packed, epilogue, y);
        }
    }

    /// <summary>The same by its definition, whatever the sizes.</summary>
    public static void ForwardDirect(ConvolutionShape s, T* x, T* weight, T* packed, EpilogueKernel<T> epilogue, T* y)
    {
        ImageStrips<T> strips = ForwardStrips(s);
        if (packed is not null)
        {
            Correlate(strips, x, packed, s.O, epilogue, y);
            return;
        }
        if (strips.Count == 1)
        {
            CorrelateStrip(strips, x, weight, s.O, epilogue, y);
            return;
        }
        using Scratch<T> scratch = Scratch<T>.Rent(PanelPacking<T>.Size(s.Depth, s.O));
        packed = scratch.Pointer;
        CpuThreads.For(
            TileGeometry<T>.Panels(s.O), panel => PanelPacking<T>.PackColumns(weight, s.Depth, s.Depth, s.O, panel, packed));
        Correlate(strips, x, packed, s.O, epilogue, y);
    }

    static bool UsesWinograd(ConvolutionShape s) => typeof(T) == typeof(float) && s.SuitsWinograd;

    static ImageStrips<T> ForwardStrips(ConvolutionShape s) => new()
    {
        Source = (s.N, s.H, s.W, s.C),
        Result = (s.OH, s.OW),
        Kernel = (s.KH, s.KW),
        Stride = s.Stride,
        Padding = (s.Padding.Top, s.Padding.Left),
    };

    /// <summary>result [pixels, columns] = patches of the source times the packed weights, and the epilogue of that.</summary>
    static void Correlate(ImageStrips<T> strips, T* source, T* packed, int columns, EpilogueKernel<T> epilogue, T* result)
    {
        int panels = TileGeometry<T>.Panels(columns), kernelRow = strips.Kernel.W * strips.Source.C;
        int across = Math.Clamp((4 * CpuThreads.Count + strips.Count - 1) / Math.Max(1, strips.Count), 1, panels);
        int blockPanels = (panels + across - 1) / across;
        across = (panels + blockPanels - 1) / blockPanels;
        CpuThreads.For(strips.Count * across, index =>
        {
            int strip = index / across, panel = index % across * blockPanels;
            (long firstPixel, _, _) = strips.Extent(strip);
            using Scratch<T> buffer = Scratch<T>.Rent(strips.BufferSize);
            strips.Fill(strip, source, buffer.Pointer);
            Multiply(strips, strip, buffer.Pointer, new BlockProduct<T>
            {
                B = packed,
                PanelB = PanelPacking<T>.PanelSize(strips.Kernel.H * kernelRow),
                Columns = columns,
                FirstPanel = panel,
                EndPanel = Math.Min(panels, panel + blockPanels),
                C = result + firstPixel * columns,
                StrideC = columns,
                Epilogue = epilogue,
                FirstRow = firstPixel,
            });
        });
    }

    /// <summary>The same for one strip: each thread packs the weights [columns, depth] of its panels just before their only use.</summary>
    static void CorrelateStrip(ImageStrips<T> strips, T* source, T* weight, int columns, EpilogueKernel<T> epilogue, T* result)
    {
        using Scratch<T> scratch = Scratch<T>.Rent(strips.BufferSize);
        T* buffer = scratch.Pointer;
        strips.Fill(0, source, buffer);
        CpuThreads.For(TileGeometry<T>.Panels(columns), panel => Multiply(strips, 0, buffer, new BlockProduct<T>
        {
            SourceB = weight,
            SourceStride = strips.Kernel.H * strips.Kernel.W * strips.Source.C,
            SourceTransposed = true,
            Columns = columns,
            FirstPanel = panel,
            EndPanel = panel + 1,
            C = result,
            StrideC = columns,
            Epilogue = epilogue,
        }));
    }

    /// <summary>Runs a product whose A is the patches of a filled strip.</summary>
    static void Multiply(ImageStrips<T> strips, int strip, T* buffer, BlockProduct<T> product)
    {
        (_, int images, int rows) = strips.Extent(strip);
        int resultRows = images * rows, pixels = resultRows * strips.Result.W, kernelRow = strips.Kernel.W * strips.Source.C;
        int paddedRows = BlockProduct<T>.PaddedRows(pixels);
        using Scratch<nint> offsets = Scratch<nint>.Rent(paddedRows + resultRows);      // a row may have more pixels than a stack holds
        nint* rowsA = offsets.Pointer, starts = rowsA + paddedRows;
        nint* runsA = stackalloc nint[strips.Kernel.H], runsB = stackalloc nint[strips.Kernel.H];
        strips.ResultRows(strip, starts);
        for (int row = 0, pixel = 0; row < resultRows; row++)
        {
            for (int column = 0; column < strips.Result.W; column++)
                rowsA[pixel++] = starts[row] + column * strips.Stride * strips.Source.C;
        }
        BlockProduct<T>.PadRows(rowsA, pixels);
        for (int i = 0; i < strips.Kernel.H; i++)
        {
            runsA[i] = i * strips.RowSize;
            runsB[i] = (nint)i * kernelRow * TileGeometry<T>.PanelWidth;
        }
        product.A = buffer;
        product.RowsA = rowsA;
        product.Rows = pixels;
        product.RunsA = runsA;
        product.StrideA = 1;
        product.RunsB = runsB;
        product.StrideB = TileGeometry<T>.PanelWidth;
        product.Runs = strips.Kernel.H;
        product.Length = kernelRow;
        product.Run();
    }
}
