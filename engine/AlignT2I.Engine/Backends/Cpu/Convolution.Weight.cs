namespace AlignT2I.Engine.Backends.Cpu;

internal static unsafe partial class Convolution<T>
{
    /// <summary>Parts that the sum over pixels is cut into where the weights are few; fixed, so that results repeat bit for bit.</summary>
    const int MostParts = 8;

    /// <summary>Weights up to which every part of the sum gets a copy of the gradient.</summary>
    const long SmallWeight = 512 * 1024;

    /// <summary>dweight [O, KH, KW, C] = sum over pixels of dy times the patch that made the pixel.</summary>
    public static void BackwardWeight(ConvolutionShape s, T* x, T* dy, T* dweight)
    {
        if (s.WeightCount == 0) return;
        if (s.IsProduct) Gemm<T>.Multiply(true, false, s.O, s.C, s.N * s.H * s.W, dy, s.O, x, s.C, dweight, s.C);
        else if (UsesWinograd(s)) WinogradWeightGradient.Compute(WinogradShape.Forward(s), (float*)x, (float*)dy, (float*)dweight);
        else BackwardWeightDirect(s, x, dy, dweight);
    }

    /// <summary>The same by its definition, whatever the sizes.</summary>
    public static void BackwardWeightDirect(ConvolutionShape s, T* x, T* dy, T* dweight)
    {
        ImageStrips<T> strips = ForwardStrips(s);
        if (strips.Count == 0) new Span<T>(dweight, checked((int)s.WeightCount)).Clear();
        else if (s.WeightCount <= SmallWeight && strips.Count > 1) WeightByPixels(s, strips, x, dy, dweight);
        else WeightByChannels(s, strips, x, dy, dweight);
    }

    static void WeightByPixels(ConvolutionShape s, ImageStrips<T> strips, T* x, T* dy, T* dweight)
    {
        int parts = Math.Min(MostParts, strips.Count);
        using Scratch<T> sums = Scratch<T>.Rent(parts * s.WeightCount);
        T* partial = sums.Pointer;
        CpuThreads.For(parts, part =>
        {
            int first = (int)((long)strips.Count * part / parts), end = (int)((long)strips.Count * (part + 1) / parts);
            AddStrips(s, strips, first, end, 0, s.O, x, dy, partial + part * s.WeightCount);
        });
        PartialSums<T>.Add(partial, parts, s.O, s.Depth, dweight, s.Depth, default);
    }

    static void WeightByChannels(ConvolutionShape s, ImageStrips<T> strips, T* x, T* dy, T* dweight)
    {
        int blocks = Math.Clamp(s.O / (4 * TileGeometry<T>.Rows), 1, 2 * CpuThreads.Count);
        int size = BlockProduct<T>.PaddedRows((s.O + blocks - 1) / blocks);
        CpuThreads.For((s.O + size - 1) / size, block =>
        {
            int channel = block * size;
            AddStrips(s, strips, 0, strips.Count, channel, Math.Min(size, s.O - channel), x, dy, dweight + (nint)channel * s.Depth);
        });
    }

    /// <summary>sum [channels, depth] = the gradient that strips first .. end - 1 give the weights of some output channels.</summary>
    static void AddStrips(ConvolutionShape s, ImageStrips<T> strips, int first, int end, int channel, int channels, T* x, T* dy, T* sum)
    {
        using Scratch<T> buffer = Scratch<T>.Rent(strips.BufferSize);
        int mostRows = strips.MostPixels / strips.Result.W, kernelRow = s.KW * s.C;
        nint* runsA = stackalloc nint[mostRows], runsB = stackalloc nint[mostRows];
        nint* rowsA = stackalloc nint[BlockProduct<T>.PaddedRows(channels)];
        for (int i = 0; i < channels; i++) rowsA[i] = i;
        BlockProduct<T>.PadRows(rowsA, channels);
        for (int i = 0; i < mostRows; i++) runsA[i] = (nint)i * s.OW * s.O;
        for (int strip = first; strip < end; strip++)
        {
            (long firstPixel, int images, int rows) = strips.Extent(strip);
            strips.Fill(strip, x, buffer.Pointer);
            strips.ResultRows(strip, runsB);
            for (int kernelY = 0; kernelY < s.KH; kernelY++)
            {
                new BlockProduct<T>
                {
                    A = dy + firstPixel * s.O + channel,
                    RowsA = rowsA,
                    Rows = channels,
                    RunsA = runsA,
                    StrideA = s.O,
                    B = buffer.Pointer + kernelY * strips.RowSize,
                    RunsB = runsB,
                    StrideB = (nint)s.Stride * s.C,
                    Runs = images * rows,
                    Length = s.OW,
                    Columns = kernelRow,
                    EndPanel = TileGeometry<T>.Panels(kernelRow),
                    C = sum + kernelY * kernelRow,
                    StrideC = s.Depth,
                    Accumulate = strip > first,
                }.Run();
            }
        }
    }
}
