namespace AlignT2I.WeightsConverter.Sources.Pickles;

/// <summary>A value of a pickle that may have other values in it.</summary>
internal interface IPickleContainer
{
    /// <summary>The values in it.</summary>
    IEnumerable<object?> Values { get; }

    /// <summary>Whether there is a tensor in it or below; null before anyone has looked.</summary>
    bool? HoldsTensors { get; set; }
}
