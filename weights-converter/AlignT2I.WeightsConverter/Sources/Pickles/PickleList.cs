namespace AlignT2I.WeightsConverter.Sources.Pickles;

/// <summary>A Python list or set.</summary>
internal sealed class PickleList : List<object?>
{
    public PickleList()
    {
    }

    public PickleList(IEnumerable<object?> items)
        : base(items)
    {
    }
}
