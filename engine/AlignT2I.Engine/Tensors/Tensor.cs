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

    /// <summary>A tensor with a copy of <paramref name="values"/>.</summary>
    /// <param name="values">The elements, in row-major order.</param>
    /// <param name="shape">As many elements.</param>
    /// <param name="backend">Where; the CPU when left out.</param>
    /// <exception cref="ShapeException">The number of values is not that of <paramref name="shape"/>.</exception>
    public static Tensor From<T>(ReadOnlySpan<T> values, Shape shape, Backend? backend = null) where T : unmanaged
    {
        if (values.Length != shape.Count)
            throw new ShapeException($"{values.Length} values were given for shape {shape}, which has {shape.Count}.");
        Tensor y = Empty(shape, DTypes.Of<T>(), backend ?? Backend.Cpu);
        y.Write(values);
        return y;
    }

    /// <inheritdoc cref="From{T}(ReadOnlySpan{T}, Shape, Backend?)"/>
    public static Tensor From<T>(T[] values, Shape shape, Backend? backend = null) where T : unmanaged =>
        From((ReadOnlySpan<T>)values, shape, backend);

    /// <summary>A one-element tensor of no dimensions.</summary>
    public static Tensor Scalar<T>(T value, Backend? backend = null) where T : unmanaged => From((ReadOnlySpan<T>)[value], [], backend);

    /// <summary>The same elements on another backend, outside the tape; this very tensor where it is there already.</summary>
    public Tensor To(Backend backend)
    {
        if (backend == Backend)
            return this;
        Tensor y = Empty(Shape, DType, backend);
        if (backend.IsHost)
            Backend.Download(this, y.ElementBytes());
        else if (Backend.IsHost)
            backend.Upload(ReadBytes(), y);
        else
            backend.Upload(Bytes(), y);
        return y;
    }

    /// <summary>Replaces the elements.</summary>
    /// <param name="values">As many as the tensor has, in row-major order; free once this returns.</param>
    /// <exception cref="DTypeException"><typeparamref name="T"/> is not this tensor's element.</exception>
    /// <exception cref="ShapeException">The number of values differs.</exception>
    public void Write<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        RequireElement<T>();
        if (values.Length != Count)
            throw new ShapeException($"{values.Length} values were given for a tensor of shape {Shape}, which has {Count}.");
        Backend.Upload(MemoryMarshal.AsBytes(values), this);
    }

    /// <summary>The same elements seen under another shape. Copies nothing; gradients flow through.</summary>
    /// <exception cref="ShapeException">The number of elements differs.</exception>
    public Tensor Reshape(Shape shape)
    {
        if (shape.Count != Count)
        {
            throw new ShapeException(
                $"a tensor of shape {Shape} has {Count} elements and cannot be seen as {shape}, which has {shape.Count}.");
        }
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

    /// <summary>Replaces the elements by those of a tensor of the same type and number of elements on the same backend.</summary>
    /// <exception cref="ShapeException">The numbers of elements differ.</exception>
    /// <exception cref="DTypeException">The types differ.</exception>
    public void CopyFrom(Tensor from)
    {
        Require.SameDType(from, this);
        if (from.Count != Count)
            throw new ShapeException($"CopyFrom: {from.Count} elements of shape {from.Shape} came for a tensor of shape {Shape}.");
        Backend.Copy(from, this);
    }

    /// <summary>Replaces some elements by those of a tensor of the same type on the same backend.</summary>
    /// <param name="from">Where they come from; other memory than this tensor's.</param>
    /// <param name="fromIndex">The first, in row-major order.</param>
    /// <param name="index">Where the first goes.</param>
    /// <param name="count">How many; all of them lie in both tensors.</param>
    /// <exception cref="ShapeException">They do not.</exception>
    /// <exception cref="DTypeException">The types differ.</exception>
    public void CopyFrom(Tensor from, int fromIndex, int index, int count)
    {
        Require.SameDType(from, this);
        if (fromIndex < 0 || index < 0 || count < 0 || fromIndex + (long)count > from.Count || index + (long)count > Count)
        {
            throw new ShapeException(
                $"CopyFrom: {count} elements from {fromIndex} of shape {from.Shape} do not go to {index} of shape {Shape}.");
        }
        using MemoryScope scope = MemoryScope.Open();
        if (count > 0)
            Backend.CopyColumns(from.Reshape([1, checked((int)from.Count)]), fromIndex, Reshape([1, checked((int)Count)]), index, count);
    }

    /// <summary>Adds the elements of a tensor of as many elements on the same backend, in place.</summary>
    /// <exception cref="ShapeException">The numbers of elements differ.</exception>
    /// <exception cref="DTypeException">The types differ.</exception>
    public void Accumulate(Tensor from)
    {
        Require.SameDType(from, this);
        if (from.Count != Count)
            throw new ShapeException($"Accumulate: {from.Count} elements of shape {from.Shape} came for a tensor of shape {Shape}.");
        Backend.Accumulate(this, from);
    }

    /// <summary>Takes the tensor out of its scope: it lives until <see cref="Dispose"/>.</summary>
    public Tensor Persist()
    {
        owner = null;
        return this;
    }

    /// <summary>The elements, in row-major order: the memory itself, valid while the tensor lives. On the CPU only.</summary>
    /// <exception cref="DTypeException"><typeparamref name="T"/> is not this tensor's element.</exception>
    /// <exception cref="InvalidOperationException">The tensor is on a device: copy it by <see cref="ToArray"/> or <see
    /// cref="To"/>.</exception>
    public Span<T> AsSpan<T>() where T : unmanaged
    {
        Live.Lend();
        return Elements<T>();
    }

    /// <summary>A copy of the elements, in row-major order.</summary>
    public T[] ToArray<T>() where T : unmanaged
    {
        RequireElement<T>();
        T[] values = new T[Count];
        Backend.Download(this, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    /// <summary>The value of a tensor of one element. Waits for the device: for logging, not for the inside of a step.</summary>
    /// <exception cref="ShapeException">There is not exactly one element.</exception>
    public double Item()
    {
        if (Count != 1)
            throw new ShapeException($"Item reads a tensor of one element; this one has shape {Shape}.");
        Span<byte> bytes = stackalloc byte[DType.Size];
        Backend.Download(this, bytes);
        return DType switch
        {
            DType.F32 => MemoryMarshal.Read<float>(bytes),
            DType.F64 => MemoryMarshal.Read<double>(bytes),
            DType.F16 => (double)MemoryMarshal.Read<Half>(bytes),
            DType.BF16 => BFloat16.ToSingle(MemoryMarshal.Read<ushort>(bytes)),
            DType.I32 => MemoryMarshal.Read<int>(bytes),
            DType.I64 => MemoryMarshal.Read<long>(bytes),
            _ => bytes[0],
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

    /// <summary>The elements' bytes, of any type, in row-major order: the memory itself, valid while the tensor lives. On the CPU
    /// only.</summary>
    /// <exception cref="InvalidOperationException">The tensor is on a device.</exception>
    public Span<byte> AsBytes()
    {
        Live.Lend();
        return ElementBytes();
    }

    /// <summary>The elements for now: to be written before the next operation, if at all.</summary>
    internal unsafe Span<T> Elements<T>() where T : unmanaged => new(Pointer<T>(), checked((int)Count));

    /// <summary>Their bytes, of any type; the same holds for them.</summary>
    internal unsafe Span<byte> ElementBytes()
    {
        RequireHost();
        return new((void*)Live.Pointer, checked((int)(Count * DType.Size)));
    }

    /// <summary>Their bytes, to be read only and for now.</summary>
    internal unsafe ReadOnlySpan<byte> ReadBytes()
    {
        RequireHost();
        return new((void*)Live.ReadPointer, checked((int)(Count * DType.Size)));
    }

    /// <summary>A copy of the elements' bytes.</summary>
    internal byte[] Bytes()
    {
        byte[] bytes = new byte[checked((int)(Count * DType.Size))];
        Backend.Download(this, bytes);
        return bytes;
    }

    /// <summary>The first element, to be read or written now: what was made of the old elements is void.</summary>
    internal unsafe T* Pointer<T>() where T : unmanaged
    {
        RequireElement<T>();
        RequireHost();
        return (T*)Live.Pointer;
    }

    /// <summary>The first element, to be read only.</summary>
    internal unsafe T* ReadPointer<T>() where T : unmanaged
    {
        RequireElement<T>();
        RequireHost();
        return (T*)Live.ReadPointer;
    }

    void RequireElement<T>() where T : unmanaged
    {
        if (DTypes.Of<T>() != DType)
            throw new DTypeException($"a tensor of {DType} was read as {DTypes.Of<T>()}.");
    }

    void RequireHost()
    {
        if (!Backend.IsHost)
        {
            throw new InvalidOperationException(
                $"this tensor of shape {Shape} is on {Backend.Name}; copy it by ToArray or To(Backend.Cpu).");
        }
    }

    /// <summary>Another handle on the same memory that belongs to no scope: what the tape holds.</summary>
    internal Tensor Alias() => Alias(Shape);

    internal Tensor Alias(Shape shape) => new(Live.Retain(), shape, DType, scoped: false);
}
