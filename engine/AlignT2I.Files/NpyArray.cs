namespace AlignT2I.Files;

/// <summary>A float32 array of a <c>.npy</c> file.</summary>
/// <param name="Shape">Dimensions, outermost first; empty for a scalar.</param>
/// <param name="Values">The values in row-major order.</param>
public sealed record NpyArray(IReadOnlyList<int> Shape, float[] Values);
