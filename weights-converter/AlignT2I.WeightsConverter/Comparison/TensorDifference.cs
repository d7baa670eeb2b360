using AlignT2I.Files;

namespace AlignT2I.WeightsConverter.Comparison;

/// <summary>One tensor of two models.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DTypes">Element type in the first and in the second; null where it is not there.</param>
/// <param name="Shapes">Shape in the first and in the second; null where it is not there.</param>
/// <param name="MaxAbs">Largest absolute difference of two elements; infinity where a number meets a NaN; null where nothing can be
/// compared.</param>
/// <param name="Identical">Whether type, shape and every bit are the same.</param>
public sealed record TensorDifference(
    string Name, (SafetensorsDType? First, SafetensorsDType? Second) DTypes,
    (IReadOnlyList<long>? First, IReadOnlyList<long>? Second) Shapes,
    double? MaxAbs, bool Identical);
