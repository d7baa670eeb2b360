namespace AlignT2I.Models.Parity;

/// <summary>How far one tensor of the engine is from the recording.</summary>
/// <param name="Tensor">Name in the recording, such as <c>output.sample</c> or <c>grad.param.conv_in.weight</c>.</param>
/// <param name="MaxAbs">Largest difference of an element.</param>
/// <param name="RelativeL2">L2 norm of the difference over that of the recording.</param>
/// <param name="Measure">Which of the two the limit is on.</param>
/// <param name="Limit">The largest value that passes.</param>
/// <param name="Note">What else there is to say, or empty.</param>
public sealed record ParityComparison(
    string Tensor, double MaxAbs, double RelativeL2, ParityMeasure Measure, double Limit, string Note = "")
{
    /// <summary>Whether the difference is within the limit; false where a value is not a number.</summary>
    public bool Passed => (Measure == ParityMeasure.MaxAbs ? MaxAbs : RelativeL2) <= Limit;

    /// <summary>Compares two lists of the same length.</summary>
    internal static ParityComparison Of(
        string tensor, ReadOnlySpan<double> found, ReadOnlySpan<double> recorded, ParityMeasure measure, double limit, string note = "")
    {
        double maxAbs = 0, difference = 0, norm = 0;
        for (int i = 0; i < recorded.Length; i++)
        {
            double d = found[i] - recorded[i];
            maxAbs = double.IsNaN(d) ? double.NaN : Math.Max(maxAbs, Math.Abs(d));
            difference += d * d;
            norm += recorded[i] * recorded[i];
        }
        double relative = difference == 0 ? 0 : Math.Sqrt(difference / norm);
        return new ParityComparison(tensor, maxAbs, relative, measure, limit, note);
    }
}
