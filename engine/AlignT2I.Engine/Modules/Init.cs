namespace AlignT2I.Engine;

/// <summary>
/// How a parameter starts when a model is made from nothing: <c>Offset + Scale * x</c>, x uniform in -1..1 or standard normal.
/// </summary>
/// <param name="Offset">Mean of the values.</param>
/// <param name="Scale">Half the width of a uniform distribution, or the standard deviation of a normal one.</param>
/// <param name="IsNormal">Whether x is normal.</param>
public readonly record struct Init(double Offset, double Scale, bool IsNormal)
{
    /// <summary>All zero.</summary>
    public static Init Zeros => default;

    /// <summary>All one.</summary>
    public static Init Ones => new(1, 0, false);

    /// <summary>Uniform in -bound..bound.</summary>
    public static Init Uniform(double bound) => new(0, bound, false);

    /// <summary>Normal with mean zero.</summary>
    public static Init Normal(double standardDeviation) => new(0, standardDeviation, true);

    /// <summary>PyTorch's start of linear and convolution weights and of their biases: uniform within 1/sqrt(fanIn).</summary>
    /// <remarks>He et al. 2015, arXiv:1502.01852, with a = sqrt(5) as torch.nn.Linear.reset_parameters.</remarks>
    public static Init KaimingUniform(int fanIn) => Uniform(1 / Math.Sqrt(fanIn));
}
