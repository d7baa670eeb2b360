namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>y = activation(x), as an operation of its own.</summary>
    internal static Tensor Activate(Activation activation, Tensor x) => activation switch
    {
        Activation.None => x,
        Activation.Silu => Silu(x),
        Activation.Gelu => Gelu(x),
        Activation.GeluTanh => GeluTanh(x),
        Activation.QuickGelu => QuickGelu(x),
        Activation.Relu => Relu(x),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, null),
    };
}
