namespace AlignT2I.Native;

/// <summary>Which part of attention is meant.</summary>
public enum AttentionPass
{
    /// <summary>y and the logarithms of the softmax sums.</summary>
    Forward,

    /// <summary>dq, dk and dv.</summary>
    Backward,
}
