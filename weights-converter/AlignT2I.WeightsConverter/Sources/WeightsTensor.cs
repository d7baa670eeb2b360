using AlignT2I.Files;

namespace AlignT2I.WeightsConverter.Sources;

/// <summary>A tensor of a <see cref="WeightsFile"/>: what the file says of it, after every check.</summary>
public sealed class WeightsTensor
{
    internal WeightsTensor(string name, SafetensorsDType dtype, long[] shape, WeightsStorage storage, long elementOffset, long[]? strides)
    {
        (Name, DType, Shape) = (name, dtype, shape);
        (Storage, ElementOffset, Strides) = (storage, elementOffset, strides);
    }

    /// <summary>Name: the dotted path through the containers of the file.</summary>
    public string Name { get; }

    /// <summary>Element type.</summary>
    public SafetensorsDType DType { get; }

    /// <summary>Dimensions, outermost first, each at least 0; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Number of elements: the product of the shape, 1 for a scalar.</summary>
    public long ElementCount => Shape.Aggregate(1L, (product, dimension) => product * dimension);

    /// <summary>Bytes of its values, without gaps.</summary>
    public long ByteCount => ElementCount * DType.Size();

    /// <summary>The run of bytes that this tensor is a view of; others may share it.</summary>
    internal WeightsStorage Storage { get; }

    /// <summary>First element, counted from the start of the storage.</summary>
    internal long ElementOffset { get; }

    /// <summary>Elements from one index to the next, per dimension; null where the values lie without gaps in row-major order.</summary>
    internal long[]? Strides { get; }
}
