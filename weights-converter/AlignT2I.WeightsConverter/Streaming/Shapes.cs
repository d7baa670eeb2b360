namespace AlignT2I.WeightsConverter.Streaming;

/// <summary>Shapes as files have them.</summary>
internal static class Shapes
{
    /// <summary>Number of elements.</summary>
    public static long Count(IReadOnlyList<long> shape) => shape.Aggregate(1L, (product, dimension) => checked(product * dimension));

    /// <summary>The shape as messages show it: <c>[320, 4, 3, 3]</c>.</summary>
    public static string Text(IReadOnlyList<long> shape) => $"[{string.Join(", ", shape)}]";
}
