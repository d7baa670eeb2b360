using AlignT2I.Files;

namespace AlignT2I.WeightsConverter.Sources.Pickles;

/// <summary>A tensor of a pickle: a view of a storage, within its bounds.</summary>
internal sealed class PickleTensor
{
    /// <summary>Most dimensions that a tensor may have.</summary>
    public const int MaxRank = 32;

    readonly SafetensorsDType dtype;
    readonly WeightsStorage bytes;
    readonly long offset;
    readonly long[] shape;
    readonly long[]? strides;

    PickleTensor(SafetensorsDType dtype, WeightsStorage bytes, long offset, long[] shape, long[]? strides, long byteCount)
    {
        (this.dtype, this.bytes, this.offset, this.shape, this.strides) = (dtype, bytes, offset, shape, strides);
        ByteCount = byteCount;
    }

    /// <summary>Bytes of its values, without gaps.</summary>
    public long ByteCount { get; }

    public WeightsTensor Named(string name) => new(name, dtype, shape, bytes, offset, strides);

    /// <summary>Checks a view against its storage.</summary>
    /// <param name="storage">The storage.</param>
    /// <param name="dtype">Element type.</param>
    /// <param name="offset">First element.</param>
    /// <param name="shape">Dimensions, at most <see cref="MaxRank"/>.</param>
    /// <param name="strides">Elements from one index to the next, per dimension.</param>
    /// <returns>The tensor, or what is wrong with it.</returns>
    public static (PickleTensor? Tensor, string Problem) View(
        PickleStorage storage, SafetensorsDType dtype, long offset, long[] shape, long[] strides)
    {
        string what = $"a tensor of size [{string.Join(", ", shape)}], stride [{string.Join(", ", strides)}] and offset {offset}";
        if (shape.Length != strides.Length)
            return (null, $"{what} has {shape.Length} dimensions and {strides.Length} strides; expected as many of both");
        if (offset < 0 || shape.Any(d => d < 0) || strides.Any(s => s < 0))
            return (null, $"{what} has a negative number in it");
        long available = storage.DType is null ? storage.ElementCount / dtype.Size() : storage.ElementCount;
        Int128 bytesNeeded = dtype.Size(), last = offset;
        for (int i = 0; i < shape.Length; i++)
        {
            bytesNeeded *= shape[i];
            last += (Int128)Math.Max(shape[i] - 1, 0) * strides[i];
            if (bytesNeeded > long.MaxValue || last > long.MaxValue)
                return (null, $"{what} passes 2^63 bytes");
        }
        bool empty = bytesNeeded == 0;
        if (empty ? offset > available : last >= available)
            return (null, $"{what} reaches element {last} of a storage that has {available}");
        long first = storage.FirstElement + offset;
        long[]? gaps = empty || IsContiguous(shape, strides) ? null : strides;
        return (new PickleTensor(dtype, storage.Bytes, first, shape, gaps, (long)bytesNeeded), "");
    }

    /// <summary>Whether the elements lie in row-major order without gaps. The stride of a dimension of size 1 means nothing.</summary>
    static bool IsContiguous(long[] shape, long[] strides)
    {
        long expected = 1;
        for (int i = shape.Length - 1; i >= 0; i--)
        {
            if (shape[i] != 1 && strides[i] != expected)
                return false;
            expected *= shape[i];
        }
        return true;
    }
}
