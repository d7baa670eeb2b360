using AlignT2I.Files;

namespace AlignT2I.WeightsConverter.Streaming;

/// <summary>A tensor whose values are read from its file only when they are wanted, one tensor at a time.</summary>
/// <remarks>Values are row-major and little-endian. A conversion is a list of these under new names.</remarks>
public abstract class ModelTensor
{
    private protected ModelTensor(string name, SafetensorsDType dtype, IReadOnlyList<long> shape)
    {
        (Name, DType, Shape) = (name, dtype, shape);
        if (ByteCount > int.MaxValue)
        {
            throw new UsageException(
                $"tensor '{Printable.Text(name)}' of shape {Shapes.Text(shape)} has {ByteCount} bytes; tensors of 2 GiB and more are "
                    + "not converted, and no model here has one.");
        }
    }

    /// <summary>Name.</summary>
    public string Name { get; }

    /// <summary>Element type.</summary>
    public SafetensorsDType DType { get; }

    /// <summary>Dimensions, outermost first; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Number of elements.</summary>
    public long ElementCount => Shapes.Count(Shape);

    /// <summary>Bytes of the values.</summary>
    public long ByteCount => checked(ElementCount * DType.Size());

    /// <summary>Reads the values.</summary>
    /// <param name="destination"><see cref="ByteCount"/> bytes.</param>
    /// <exception cref="FileFormatException">The file turns out to be damaged.</exception>
    /// <exception cref="StorageException">The file cannot be read.</exception>
    public abstract void Read(Span<byte> destination);

    /// <summary>The same values under another name and, where given, in another shape of as many elements.</summary>
    internal ModelTensor As(string name, IReadOnlyList<long>? shape = null) =>
        name == Name && (shape is null || shape.SequenceEqual(Shape)) ? this : new RenamedTensor(this, name, shape ?? Shape);
}
