namespace AlignT2I.Models.Parity;

/// <summary>How <see cref="SyntheticWeights"/> scales its uniform numbers.</summary>
public enum SyntheticVariant
{
    /// <summary>Unit gain: activations stay near 1 at full size.</summary>
    V1,

    /// <summary>Gain for ReLU networks (Inception).</summary>
    V1He,

    /// <summary>Activations of about 1/256, so that a wrong epsilon of a normalization shows.</summary>
    V1Small,
}
