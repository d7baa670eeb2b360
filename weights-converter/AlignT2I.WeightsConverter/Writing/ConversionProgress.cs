namespace AlignT2I.WeightsConverter.Writing;

/// <summary>How far a conversion is.</summary>
/// <param name="BytesDone">Bytes of tensors written.</param>
/// <param name="BytesTotal">Bytes of all tensors that will be.</param>
public sealed record ConversionProgress(long BytesDone, long BytesTotal);
