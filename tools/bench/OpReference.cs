namespace AlignT2I.Bench;

/// <summary>Single entries of a case's results, summed in float64 straight from the definition.</summary>
internal sealed class OpReference(OpCase c, float[] x, float[] weight, float[] dy)
{
    readonly int padding = c.Kernel / 2;

    /// <summary>Entry of y [N, OH, OW, O]: its value, and the sum of its terms' magnitudes.</summary>
    public (double Sum, double Magnitude) Output(long index)
    {
        (long pixel, int o) = (index / c.O, (int)(index % c.O));
        (long n, int row, int column) = Place(pixel, c.Result.H, c.Result.W);
        return Sum(KernelPositions(kernel =>
        {
            (int h, int w) = (row * c.Stride - padding + kernel.H, column * c.Stride - padding + kernel.W);
            if (h < 0 || h >= c.H || w < 0 || w >= c.W) return [];
            long at = ((n * c.H + h) * c.W + w) * c.C;
            return Enumerable.Range(0, c.C).Select(i => (double)x[at + i] * weight[WeightIndex(o, kernel, i)]);
        }));
    }

    /// <summary>Entry of dx [N, H, W, C].</summary>
    public (double Sum, double Magnitude) InputGradient(long index)
    {
        (long pixel, int channel) = (index / c.C, (int)(index % c.C));
        (long n, int h, int w) = Place(pixel, c.H, c.W);
        return Sum(KernelPositions(kernel =>
        {
            (int row, int column) = (h + padding - kernel.H, w + padding - kernel.W);
            if (row < 0 || column < 0 || row % c.Stride != 0 || column % c.Stride != 0) return [];
            (row, column) = (row / c.Stride, column / c.Stride);
            if (row >= c.Result.H || column >= c.Result.W) return [];
            long at = ((n * c.Result.H + row) * c.Result.W + column) * c.O;
            return Enumerable.Range(0, c.O).Select(o => (double)dy[at + o] * weight[WeightIndex(o, kernel, channel)]);
        }));
    }

    /// <summary>Entry of dweight, in the layout of the weight.</summary>
    public (double Sum, double Magnitude) WeightGradient(long index)
    {
        bool columns = c.Kind == OpKind.MatMul;
        int channel = (int)(columns ? index / c.O : index % c.C), o = (int)(columns ? index % c.O : index / (c.Kernel * c.Kernel * c.C));
        int position = columns ? 0 : (int)(index / c.C % (c.Kernel * c.Kernel));
        (int H, int W) kernel = (position / c.Kernel, position % c.Kernel);
        return Sum(Enumerable.Range(0, c.N * c.Result.H * c.Result.W).Select(pixel =>
        {
            (long n, int row, int column) = Place(pixel, c.Result.H, c.Result.W);
            (int h, int w) = (row * c.Stride - padding + kernel.H, column * c.Stride - padding + kernel.W);
            bool outside = h < 0 || h >= c.H || w < 0 || w >= c.W;
            return outside ? 0 : (double)x[((n * c.H + h) * c.W + w) * c.C + channel] * dy[(long)pixel * c.O + o];
        }));
    }

    IEnumerable<double> KernelPositions(Func<(int H, int W), IEnumerable<double>> terms) =>
        Enumerable.Range(0, c.Kernel * c.Kernel).SelectMany(position => terms((position / c.Kernel, position % c.Kernel)));

    long WeightIndex(int o, (int H, int W) kernel, int channel) => c.Kind == OpKind.MatMul
        ? (long)channel * c.O + o
        : (((long)o * c.Kernel + kernel.H) * c.Kernel + kernel.W) * c.C + channel;

    static (long Image, int Row, int Column) Place(long pixel, int height, int width) =>
        (pixel / ((long)height * width), (int)(pixel / width % height), (int)(pixel % width));

    static (double Sum, double Magnitude) Sum(IEnumerable<double> terms)
    {
        (double sum, double magnitude) = (0, 0);
        foreach (double term in terms)
        {
            sum += term;
            magnitude += Math.Abs(term);
        }
        return (sum, magnitude);
    }
}
