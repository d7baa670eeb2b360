namespace AlignT2I.WeightsConverter.Sources.Pickles;

/// <summary>An object of a class that may be named but is never run: a module of a TorchScript archive, a numpy scalar.</summary>
/// <param name="type">Its class.</param>
internal sealed class PickleObject(PickleGlobal type) : IPickleContainer
{
    public PickleGlobal Type => type;

    /// <summary>What BUILD set: mostly a dictionary of attributes.</summary>
    public object? State { get; set; }

    public IEnumerable<object?> Values => [State];

    public bool? HoldsTensors { get; set; }
}
