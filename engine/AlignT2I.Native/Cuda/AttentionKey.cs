namespace AlignT2I.Native;

/// <summary>
/// Everything that changes the plan of y = softmax(q k^T / sqrt(HeadDim)) v, with q and y [N, S, heads * HeadDim],
/// k and v [N, T, heads * HeadDim].
/// </summary>
/// <param name="Pass">Forward or backward.</param>
/// <param name="Type">Type of all but the logarithms, which are float32.</param>
/// <param name="Images">N.</param>
/// <param name="Queries">S.</param>
/// <param name="Keys">T.</param>
/// <param name="Heads">Heads, packed on the last axis.</param>
/// <param name="HeadDim">Width of one head.</param>
/// <param name="Causal">Query s reads keys 0..s only.</param>
public readonly record struct AttentionKey(
    AttentionPass Pass, NativeType Type, int Images, int Queries, int Keys, int Heads, int HeadDim, bool Causal)
{
    /// <summary>Whether a plan that gives other bits from run to run is allowed.</summary>
    public bool Nondeterministic { get; init; }
}
