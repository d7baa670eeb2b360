namespace AlignT2I.WeightsConverter.Sources.Pickles;

/// <summary>A Python tuple, also a <c>torch.Size</c>.</summary>
/// <param name="items">Its items.</param>
internal sealed class PickleTuple(object?[] items)
{
    public static PickleTuple Empty { get; } = new([]);

    public IReadOnlyList<object?> Items => items;
}
