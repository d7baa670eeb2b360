using AlignT2I.Engine;

namespace AlignT2I.Testing;

/// <summary>
/// How far one operation may be from float64, as a relative L2 error: multiples of the unit roundoff u of the type it computes in.
/// </summary>
/// <remarks>
/// An operation on 16-bit tensors computes in float32 and rounds each result once: it is within u of the exact value, element for element,
/// and a case that chains two operations within 2 u. A gradient is a function of saved results, of the incoming gradient and of
/// intermediate gradients, each rounded once, and is rounded itself: 4 u. In float32 sums are no more exact than results, and a sum
/// of some tens of terms is off by as many u at worst; operands that cancel in a gradient count four times.
/// </remarks>
/// <param name="Output">Limit of the output.</param>
/// <param name="Gradient">Limit of every input's gradient.</param>
public readonly record struct Tolerance(double Output, double Gradient)
{
    /// <summary>The limits of a type.</summary>
    public static Tolerance For(DType dtype) => dtype.IsHalf
        ? new Tolerance(2 * dtype.UnitRoundoff, 4 * dtype.UnitRoundoff)
        : new Tolerance(16 * dtype.UnitRoundoff, 64 * dtype.UnitRoundoff);
}
