namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>How a weight is stored, and what is done to it when it is packed.</summary>
internal enum PackedForm
{
    /// <summary>Stored [K, N].</summary>
    Rows,

    /// <summary>Stored [N, K].</summary>
    Columns,

    /// <summary>Stored [N, 3, 3, K], transformed.</summary>
    Winograd,

    /// <summary>Stored [K, 3, 3, N], turned by 180 degrees and transformed.</summary>
    WinogradTurned,
}
