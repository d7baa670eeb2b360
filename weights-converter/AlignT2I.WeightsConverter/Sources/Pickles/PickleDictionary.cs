namespace AlignT2I.WeightsConverter.Sources.Pickles;

/// <summary>A Python dictionary of any kind: its items in the order they were set. Keys are not hashed and not compared.</summary>
internal sealed class PickleDictionary : List<KeyValuePair<object?, object?>>, IPickleContainer
{
    public IEnumerable<object?> Values => this.Select(i => i.Value);

    public bool? HoldsTensors { get; set; }

    public void Set(object? key, object? value) => Add(KeyValuePair.Create(key, value));
}
