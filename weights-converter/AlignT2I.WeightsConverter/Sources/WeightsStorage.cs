namespace AlignT2I.WeightsConverter.Sources;

/// <summary>A run of bytes in the file that tensors are views of.</summary>
internal sealed class WeightsStorage
{
    /// <summary>First byte, counted from the start of the file.</summary>
    public required long FileOffset { get; set; }

    /// <summary>Number of bytes; all lie within the file.</summary>
    public required long ByteLength { get; init; }

    /// <summary>Checksum of the bytes, until it has been compared; null where there is none to compare.</summary>
    public uint? Crc32 { get; set; }

    /// <summary>Whether each element's most significant byte comes first.</summary>
    public bool BigEndian { get; init; }
}
