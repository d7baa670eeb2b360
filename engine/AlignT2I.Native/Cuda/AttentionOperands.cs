namespace AlignT2I.Native;

/// <summary>Device pointers of one attention, each aligned to at least 16 bytes.</summary>
/// <param name="Q">Queries [N, S, heads * HeadDim].</param>
/// <param name="K">Keys [N, T, heads * HeadDim].</param>
/// <param name="V">Values [N, T, heads * HeadDim].</param>
/// <param name="Y">Result [N, S, heads * HeadDim]; written by the forward pass, read by the backward pass.</param>
/// <param name="LogSumExp">
/// Natural logarithm of the sum of exp(scaled scores), float32 [N, heads, S]; written by the forward pass, read by the backward pass.
/// </param>
public readonly record struct AttentionOperands(nint Q, nint K, nint V, nint Y, nint LogSumExp)
{
    /// <summary>Gradient of y.</summary>
    public nint Dy { get; init; }

    /// <summary>Gradient of q, written.</summary>
    public nint Dq { get; init; }

    /// <summary>Gradient of k, written.</summary>
    public nint Dk { get; init; }

    /// <summary>Gradient of v, written.</summary>
    public nint Dv { get; init; }
}
