using AlignT2I.Engine;

namespace AlignT2I.Models.Parity;

/// <summary>What may lie between the engine and a recording.</summary>
/// <param name="Single">Where the engine computes in float32 or float64.</param>
/// <param name="Roundings">Where it computes in 16 bits: a multiple of the type's unit roundoff; docs/precision.md says whence.</param>
internal readonly record struct ParityLimit(double Single, double Roundings = double.NaN)
{
    /// <summary>The limit where the engine computes in a type.</summary>
    public double For(DType dtype) => dtype.IsHalf ? Roundings * dtype.UnitRoundoff : Single;

    /// <summary>A limit of what is never computed in 16 bits.</summary>
    public static implicit operator ParityLimit(double single) => new(single);
}
