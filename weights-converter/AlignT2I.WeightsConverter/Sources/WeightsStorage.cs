namespace AlignT2I.WeightsConverter.Sources;

/// <summary>A run of bytes in the file that tensors are views of.</summary>
/// <param name="fileOffset">First byte, counted from the start of the file.</param>
/// <param name="byteLength">Number of bytes; all lie within the file.</param>
internal sealed class WeightsStorage(long fileOffset, long byteLength)
{
    public long FileOffset => fileOffset;

    public long ByteLength => byteLength;
}
