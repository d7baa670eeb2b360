namespace AlignT2I.WeightsConverter.Sources.Pickles;

/// <summary>A Python tuple.</summary>
/// <param name="items">Its items.</param>
internal sealed class PickleTuple(object?[] items) : IPickleContainer
{
    public static PickleTuple Empty { get; } = new([]);

    public IReadOnlyList<object?> Items => items;

    public IEnumerable<object?> Values => items;

    public bool? HoldsTensors { get; set; }
}
