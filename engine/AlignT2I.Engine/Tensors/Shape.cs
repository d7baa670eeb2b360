using System.Collections;
using System.Runtime.CompilerServices;

namespace AlignT2I.Engine;

/// <summary>Dimensions of a tensor, outermost first: none (a scalar) to five, each zero or more.</summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public readonly struct Shape : IEquatable<Shape>, IEnumerable<int>
{
    /// <summary>Largest number of dimensions.</summary>
    public const int MaxRank = 5;

    readonly Dimensions dimensions;
    readonly int rank;

    /// <summary>Makes a shape of the given dimensions.</summary>
    /// <exception cref="ShapeException">More than five dimensions, or a negative one.</exception>
    public static Shape Create(ReadOnlySpan<int> dimensions) => new(dimensions);

    Shape(ReadOnlySpan<int> values)
    {
        if (values.Length > MaxRank)
            throw new ShapeException($"a tensor has at most {MaxRank} dimensions, not {values.Length}; fold some together.");
        rank = values.Length;
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] < 0)
                throw new ShapeException($"dimension {i} is {values[i]}; a dimension is zero or more.");
            dimensions[i] = values[i];
        }
    }

    /// <summary>Number of dimensions.</summary>
    public int Rank => rank;

    /// <summary>Number of dimensions; what <c>shape[^1]</c> counts from.</summary>
    public int Length => rank;

    /// <summary>Size of a dimension.</summary>
    /// <exception cref="ShapeException">There is no such dimension.</exception>
    public int this[int index] => (uint)index < (uint)rank
        ? dimensions[index]
        : throw new ShapeException($"shape {this} has no dimension {index}.");

    /// <summary>Number of elements: the product of the dimensions, 1 for a scalar.</summary>
    public long Count
    {
        get
        {
            long count = 1;
            for (int i = 0; i < rank; i++)
                count = checked(count * dimensions[i]);
            return count;
        }
    }

    /// <summary>All dimensions but the last multiplied: the rows of the tensor seen as a matrix.</summary>
    public int Rows
    {
        get
        {
            long rows = 1;
            for (int i = 0; i < rank - 1; i++)
                rows *= dimensions[i];
            return checked((int)rows);
        }
    }

    /// <summary>The same dimensions but for the last, which becomes <paramref name="last"/>.</summary>
    public Shape WithLast(int last)
    {
        Span<int> values = stackalloc int[rank];
        for (int i = 0; i < rank; i++)
            values[i] = dimensions[i];
        values[^1] = last;
        return new Shape(values);
    }

    /// <summary>The dimensions as an array.</summary>
    public int[] ToArray()
    {
        int[] values = new int[rank];
        for (int i = 0; i < rank; i++)
            values[i] = dimensions[i];
        return values;
    }

    /// <summary>A shape of the given dimensions.</summary>
    public static implicit operator Shape(int[] dimensions) => new(dimensions);

    /// <summary>Whether every dimension is the same.</summary>
    public bool Equals(Shape other)
    {
        if (rank != other.rank)
            return false;
        for (int i = 0; i < rank; i++)
        {
            if (dimensions[i] != other.dimensions[i])
                return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        for (int i = 0; i < rank; i++)
            hash.Add(dimensions[i]);
        return hash.ToHashCode();
    }

    /// <summary>Whether every dimension is the same.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Whether some dimension differs.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary>As in <c>[2, 3, 5]</c>.</summary>
    public override string ToString() => $"[{string.Join(", ", ToArray())}]";

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)ToArray()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    [InlineArray(MaxRank)]
    struct Dimensions
    {
        int first;
    }
}
