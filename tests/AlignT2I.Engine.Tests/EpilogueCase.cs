namespace AlignT2I.Engine.Tests;

/// <summary>A linear layer or a convolution with everything that its epilogue can add, and the same in operations of their own.</summary>
/// <param name="Name">What is particular about the sizes.</param>
/// <param name="X">[..., in], or images [N, H, W, I] beside a weight of four dimensions.</param>
/// <param name="Weight">[out, in] or [O, KH, KW, I].</param>
/// <param name="Stride">Of the convolution.</param>
/// <param name="Padding">Of the convolution.</param>
public sealed record EpilogueCase(string Name, Shape X, Shape Weight, int Stride = 1, int Padding = 0)
{
    public static IEnumerable<EpilogueCase> All =>
    [
        new("no rows", [0, 5], [3, 5]),
        new("nothing to sum", [4, 0], [3, 0]),
        new("one element", [1, 1], [1, 1]),
        new("a vector", [7], [5, 7]),
        new("odd", [3, 11, 19], [53, 19]),
        new("few rows, many columns", [29, 70], [333, 70]),
        new("several blocks of the sum", [33, 700], [31, 700]),
        new("a sum in parts", [3, 5, 2050], [18, 2050]),
        new("no images", [0, 4, 4, 3], [2, 3, 3, 3], Padding: 1),
        new("no channels", [2, 4, 3, 0], [5, 3, 3, 0], Padding: 1),
        new("one pixel", [1, 1, 1, 1], [1, 1, 1, 1]),
        new("1x1", [3, 5, 7, 9], [50, 1, 1, 9]),
        new("images in one strip", [3, 4, 5, 6], [67, 3, 3, 6], Padding: 1),
        new("several strips, several blocks of the sum", [2, 37, 19, 30], [51, 3, 3, 30], Padding: 1),
        new("several images a strip, stride", [9, 11, 10, 13], [49, 3, 3, 13], Stride: 2, Padding: 1),
    ];

    bool Convolves => Weight.Rank == 4;

    /// <summary>The inputs: x, weight, bias, sample bias, residual.</summary>
    public Tensor[] Inputs(DType dtype)
    {
        Shape y = Convolves
            ? [X[0], (X[1] + 2 * Padding - Weight[1]) / Stride + 1, (X[2] + 2 * Padding - Weight[2]) / Stride + 1, Weight[0]]
            : X.WithLast(Weight[0]);
        Shape[] shapes = [X, Weight, [Weight[0]], [X[0], Weight[0]], y];
        Random random = new(20230223);
        return [.. shapes.Select(shape => F.Cast(
            Tensor.From([.. Enumerable.Range(0, (int)shape.Count).Select(_ => 3 * random.NextDouble() - 1.5)], shape), dtype))];
    }

    /// <summary>In one operation: all that the epilogue can add, or the bias alone.</summary>
    public Tensor Fused(Tensor[] t, bool all, Activation activation) => Convolves
        ? F.Conv2d(t[0], t[1], t[2], Stride, Padding, all ? t[3] : null, all ? t[4] : null, activation)
        : F.Linear(t[0], t[1], t[2], all ? t[4] : null, activation);

    /// <summary>The same in several.</summary>
    public Tensor Separate(Tensor[] t, bool all, Activation activation)
    {
        Tensor y = Convolves ? F.Conv2d(t[0], t[1], null, Stride, Padding) : F.Linear(t[0], t[1]);
        y = F.AddPerChannel(y, t[2]);
        if (all && Convolves)
            y = F.AddPerChannel(y, t[3]);
        if (all)
            y = F.Add(y, t[4]);
        return activation switch
        {
            Activation.Silu => F.Silu(y),
            Activation.Gelu => F.Gelu(y),
            Activation.GeluTanh => F.GeluTanh(y),
            Activation.QuickGelu => F.QuickGelu(y),
            Activation.Relu => F.Relu(y),
            _ => y,
        };
    }

    public override string ToString() => Name;
}
