namespace AlignT2I.Bench;

/// <summary>An operation and its sizes: images [N, H, W, C], weight [O, Kernel, Kernel, C]; a product has one pixel per row.</summary>
internal sealed record OpCase(string Name, OpKind Kind, int N, int H, int W, int C, int O, int Kernel = 1, int Stride = 1, bool Train = false)
{
    /// <summary>Result rows and columns; the padding is half the kernel.</summary>
    public (int H, int W) Result => ((H + 2 * (Kernel / 2) - Kernel) / Stride + 1, (W + 2 * (Kernel / 2) - Kernel) / Stride + 1);

    /// <summary>Work in 1e9 floating-point operations; the gradients of input and weight cost as much as the result each.</summary>
    public double Gflop => (Train ? 6e-9 : 2e-9) * N * Result.H * Result.W * O * Kernel * Kernel * C;

    /// <summary>x [m, k] times a [k, n] matrix.</summary>
    public static OpCase Gemm(int m, int n, int k) => new($"gemm_{m}x{n}x{k}", OpKind.MatMul, m, 1, 1, k, n);

    /// <summary>x [m, k] through a linear layer of weight [n, k].</summary>
    public static OpCase Linear(int m, int n, int k, bool train = false) =>
        new($"linear_{(train ? "train_" : "")}{m}x{n}x{k}", OpKind.Linear, m, 1, 1, k, n, Train: train);

    /// <summary>A square convolution with padding that keeps the size at stride 1.</summary>
    public static OpCase Convolution(int n, int size, int c, int o, int kernel = 3, int stride = 1, bool train = false)
    {
        string channels = c == o ? $"{c}" : $"{c}to{o}", strided = stride == 1 ? "" : $"_stride{stride}";
        return new OpCase(
            $"conv_{kernel}x{kernel}{(train ? "_train" : "")}_{channels}_{size}x{size}{strided}_b{n}",
            OpKind.Conv2d, n, size, size, c, o, kernel, stride, train);
    }
}
