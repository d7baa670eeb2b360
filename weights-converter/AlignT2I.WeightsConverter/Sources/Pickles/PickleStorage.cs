using AlignT2I.Files;

namespace AlignT2I.WeightsConverter.Sources.Pickles;

/// <summary>A storage that a pickle refers to: elements of one type in the file.</summary>
/// <param name="DType">Element type; null for bytes without a type.</param>
/// <param name="Bytes">Where they are.</param>
/// <param name="FirstElement">Where it starts in <paramref name="Bytes"/>: not 0 for the views of the legacy format.</param>
/// <param name="ElementCount">Number of elements, or of bytes without a type.</param>
internal sealed record PickleStorage(SafetensorsDType? DType, WeightsStorage Bytes, long FirstElement, long ElementCount);
