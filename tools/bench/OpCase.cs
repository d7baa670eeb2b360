namespace AlignT2I.Bench;

/// <summary>An operation and its sizes: images [N, H, W, C], weight [O, Kernel, Kernel, C]; a product has one pixel per row.</summary>
/// <remarks>Attention has H queries, W keys and O heads of size C.</remarks>
internal sealed record OpCase(
    string Name, OpKind Kind, int N, int H, int W, int C, int O, int Kernel = 1, int Stride = 1, bool Train = false, bool Causal = false)
{
    /// <summary>Result rows and columns; the padding is half the kernel.</summary>
    public (int H, int W) Result => ((H + 2 * (Kernel / 2) - Kernel) / Stride + 1, (W + 2 * (Kernel / 2) - Kernel) / Stride + 1);

    /// <summary>Work in 1e9 floating-point operations; the gradients of input and weight cost as much as the result each.</summary>
    /// <remarks>Attention has two products forward and, with the scores computed again, five backward; causal, half of each.</remarks>
    public double Gflop => Kind == OpKind.Attention
        ? (Train ? 14e-9 : 4e-9) * N * O * C * (Causal ? H * (H + 1) / 2 : (double)H * W)
        : (Train ? 6e-9 : 2e-9) * N * Result.H * Result.W * O * Kernel * Kernel * C;

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

    /// <summary>Attention of <paramref name="heads"/> heads of size <paramref name="headDim"/>, one image.</summary>
    public static OpCase Attention(int heads, int queries, int keys, int headDim, bool causal = false, bool train = false) => new(
        $"attention_{(train ? "train_" : "")}{(causal ? "causal_" : "")}{heads}x{queries}x{keys}_d{headDim}",
        OpKind.Attention, 1, queries, keys, headDim, heads, Train: train, Causal: causal);

    /// <summary>Its tensors, to be run.</summary>
    public BenchCase Open() => Kind == OpKind.Attention ? AttentionInputs.Of(this) : OpInputs.Of(this);
}
