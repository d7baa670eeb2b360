namespace AlignT2I.WeightsConverter.Sources.Pickles;

/// <summary>A Python list or set.</summary>
internal sealed class PickleList : List<object?>, IPickleContainer
{
    public PickleList()
    {
    }

    public PickleList(IEnumerable<object?> items)
        : base(items)
    {
    }

    public IEnumerable<object?> Values => this;

    public bool? HoldsTensors { get; set; }
}
