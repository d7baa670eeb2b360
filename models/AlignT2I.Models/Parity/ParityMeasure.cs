namespace AlignT2I.Models.Parity;

/// <summary>What a limit of a comparison is on.</summary>
public enum ParityMeasure
{
    /// <summary>L2 norm of the difference over the L2 norm of the recording.</summary>
    RelativeL2,

    /// <summary>Largest absolute difference: for values that are zero in exact arithmetic, and for integers.</summary>
    MaxAbs,
}
