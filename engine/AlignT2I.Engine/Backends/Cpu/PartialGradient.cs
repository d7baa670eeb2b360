using System.Numerics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Where parts of attention write a gradient: in place if there is one part, else each its own copy, to be added up.</summary>
internal readonly unsafe struct PartialGradient<T> : IDisposable where T : unmanaged, IFloatingPointIeee754<T>
{
    readonly T* gradient;
    readonly AttentionShape shape;
    readonly int positions;
    readonly int parts;
    readonly Scratch<T> copies;

    /// <param name="gradient">[Images, positions, Heads * HeadDim].</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="positions">Queries or keys.</param>
    /// <param name="parts">Copies of the gradient that are added up.</param>
    public PartialGradient(T* gradient, AttentionShape shape, int positions, int parts)
    {
        this.gradient = gradient;
        (this.shape, this.positions, this.parts) = (shape, positions, parts);
        copies = parts > 1 ? Scratch<T>.Rent((long)shape.Pairs * parts * positions * shape.HeadDim) : default;
    }

    /// <summary>Distance of two positions.</summary>
    public int Stride => parts > 1 ? shape.HeadDim : shape.Stride;

    /// <summary>Where a part of a head writes from position <paramref name="first"/> on.</summary>
    public T* Rows(int pair, int part, int first) => parts > 1
        ? copies.Pointer + (((long)pair * parts + part) * positions + first) * shape.HeadDim
        : gradient + shape.Offset(pair, positions) + (long)first * shape.Stride;

    /// <summary>Adds up the parts, in their order.</summary>
    public void Add()
    {
        for (int pair = 0; parts > 1 && pair < shape.Pairs; pair++)
        {
            T* sum = gradient + shape.Offset(pair, positions);
            PartialSums<T>.Add(Rows(pair, 0, 0), parts, positions, shape.HeadDim, sum, shape.Stride, default);
        }
    }

    public void Dispose() => copies.Dispose();
}
