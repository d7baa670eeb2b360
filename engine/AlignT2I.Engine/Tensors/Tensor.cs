using System.Runtime.InteropServices;

namespace AlignT2I.Engine;

/// <summary>A contiguous array of up to five dimensions in a backend's memory.</summary>
/// <remarks>
/// A tensor belongs to the <see cref="MemoryScope"/> in which it was made and ends with it; <see cref="Persist"/> makes it the caller's,
/// who ends it by <see cref="Dispose"/>. Images are [N, H, W, C].
/// </remarks>
public sealed class Tensor : IDisposable
{
    Storage? storage;
    MemoryScope? owner;

    Tensor(Storage storage, Shape shape, DType dtype, bool scoped)
    {
        this.storage = storage;
        Shape = shape;
        DType = dtype;
        if (scoped)
            MemoryScope.Current?.Add(this);
    }

    /// <summary>Dimensions, outermost first.</summary>
    public Shape Shape { get; }

    /// <summary>Type of the elements.</summary>
    public DType DType { get; }

    /// <summary>Where the elements are and what computes on them.</summary>
    public Backend Backend => Live.Backend;

    /// <summary>Number of elements.</summary>
    public long Count => Shape.Count;

    /// <summary>Gradient of the last backward passes, summed in float32 for a half tensor; null before the first. Leaves only.</summary>
    public Tensor? Grad => Variable is { IsLeaf: true } leaf ? leaf.Gradient : null;

    /// <summary>Whether backward passes compute this tensor's gradient. Set it on leaves: parameters and inputs.</summary>
    /// <exception cref="DTypeException">Set on a tensor of integers.</exception>
    public bool RequiresGrad
    {
        get => Variable is not null;
        set
        {
            if (value && !DType.IsFloat)
                throw new DTypeException($"a tensor of {DType} has no gradient; use a floating-point type.");
            if (value == RequiresGrad)
                return;
            ClearGrad();
            Variable = value ? new Variable(Shape, DType.Accumulator, leaf: this) : null;
        }
    }

    /// <summary>What the tape knows this tensor by; shared by views of it; null where no gradient flows.</summary>
    internal Variable? Variable { get; set; }

    internal MemoryScope? Owner
    {
        get => owner;
        set => owner = value;
    }

    internal bool IsDisposed => storage is null;

    internal Storage Live => storage ?? throw new ObjectDisposedException(
        nameof(Tensor), $"a tensor of shape {Shape} was used after its memory scope ended; keep it with MemoryScope.Keep or Persist.");

    /// <summary>A tensor whose elements have no defined value.</summary>
    public static Tensor Empty(Shape shape, DType dtype, Backend backend) =>
        new(new Storage(backend, checked(shape.Count * dtype.Size)), shape, dtype, scoped: true);

    /// <summary>A tensor of zeros.</summary>
    public static Tensor Zeros(Shape shape, DType dtype, Backend backend) => Full(shape, dtype, backend, 0);

    /// <summary>A tensor whose elements are all <paramref name="value"/>.</summary>
    public static Tensor Full(Shape shape, DType dtype, Backend backend, double value)
    {
        Tensor y = Empty(shape, dtype, backend);
        backend.Fill(y, value);
        return y;
    }

    /// <summary>A tensor on the CPU with a copy of <paramref name="values"/>.</summary>
    /// <exception cref="ShapeException">The number of values is not that of <paramref name="shape"/>.</exception>
    public static Tensor From<T>(ReadOnlySpan<T> values, Shape shape) where T : unmanaged
    {
        if (values.Length != shape.Count)
            throw new ShapeException($"{values.Length} values were given for shape {shape}, which has {shape.Count}.");
        Tensor y = Empty(shape, DTypes.Of<T>(), Backend.Cpu);
        values.CopyTo(y.AsSpan<T>());
        return y;
    }

    /// <inheritdoc cref="From{T}(ReadOnlySpan{T}, Shape)"/>
    public static Tensor From<T>(T[] values, Shape shape) where T : unmanaged => From((ReadOnlySpan<T>)values, shape);

    /// <summary>A one-element tensor of no dimensions, on the CPU.</summary>
    public static Tensor Scalar<T>(T value) where T : unmanaged => From((ReadOnlySpan<T>)[value], []);

    /// <summary>The same elements seen under another shape. Copies nothing; gradients flow through.</summary>
    /// <exception cref="ShapeException">The number of elements differs.</exception>
    public Tensor Reshape(Shape shape)
    {
        if (shape.Count != Count)
            throw new ShapeException($"a tensor of shape {Shape} has {Count} elements and cannot be seen as {shape}, which has {shape.Count}.");
        return new Tensor(Live.Retain(), shape, DType, scoped: true) { Variable = Variable };
    }

    /// <summary>The same elements, outside the tape: no gradient flows through the result.</summary>
    public Tensor Detach() => new(Live.Retain(), Shape, DType, scoped: true);

    /// <summary>A copy in memory of its own, outside the tape.</summary>
    public Tensor Clone()
    {
        Tensor y = Empty(Shape, DType, Backend);
        Backend.Copy(this, y);
        return y;
    }

    /// <summary>Takes the tensor out of its scope: it lives until <see cref="Dispose"/>.</summary>
    public Tensor Persist()
    {
        owner = null;
        return this;
    }

    /// <summary>The elements, in row-major order. On the CPU this is the memory itself, valid while the tensor lives.</summary>
    /// <exception cref="DTypeException"><typeparamref name="T"/> is not this tensor's element.</exception>
    public unsafe Span<T> AsSpan<T>() where T : unmanaged => new(Pointer<T>(), checked((int)Count));

    /// <summary>A copy of the elements, in row-major order.</summary>
    public T[] ToArray<T>() where T : unmanaged => AsSpan<T>().ToArray();

    /// <summary>The value of a tensor of one element. Waits for the device: for logging, not for the inside of a step.</summary>
    /// <exception cref="ShapeException">There is not exactly one element.</exception>
    public double Item()
    {
        if (Count != 1)
            throw new ShapeException($"Item reads a tensor of one element; this one has shape {Shape}.");
        return DType switch
        {
            DType.F32 => AsSpan<float>()[0],
            DType.F64 => AsSpan<double>()[0],
            DType.F16 => (double)AsSpan<Half>()[0],
            DType.BF16 => BitConverter.Int32BitsToSingle(MemoryMarshal.Cast<byte, ushort>(AsBytes())[0] << 16),
            DType.I32 => AsSpan<int>()[0],
            DType.I64 => AsSpan<long>()[0],
            _ => AsSpan<byte>()[0],
        };
    }

    /// <summary>Frees the gradient: the next backward pass starts from zero.</summary>
    public void ClearGrad()
    {
        if (Variable is { IsLeaf: true } leaf)
            leaf.ClearGradient();
    }

    /// <summary>Gives the memory back to the pool. Needed for persistent tensors only.</summary>
    public void Dispose()
    {
        if (storage is null)
            return;
        if (Variable is { IsLeaf: true } leaf && leaf.Leaf == this)
            leaf.ClearGradient();
        storage.Release();
        storage = null;
        owner = null;
    }

    internal unsafe Span<byte> AsBytes() => new((void*)Live.Pointer, checked((int)(Count * DType.Size)));

    internal unsafe T* Pointer<T>() where T : unmanaged
    {
        if (DTypes.Of<T>() != DType)
            throw new DTypeException($"a tensor of {DType} was read as {DTypes.Of<T>()}.");
        return (T*)Live.Pointer;
    }

    /// <summary>Another handle on the same memory that belongs to no scope: what the tape holds.</summary>
    internal Tensor Alias() => Alias(Shape);

    internal Tensor Alias(Shape shape) => new(Live.Retain(), shape, DType, scoped: false);
}
