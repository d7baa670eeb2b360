namespace AlignT2I.Testing;

/// <summary>One allocation of device memory.</summary>
internal sealed record EmulatedBlock(long Number, nint Address, long Bytes)
{
    public bool Freed { get; set; }

    public override string ToString() => $"block {Number} of {Bytes} bytes";
}
