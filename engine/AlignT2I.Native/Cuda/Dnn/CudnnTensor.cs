namespace AlignT2I.Native;

/// <summary>A tensor of an operation graph.</summary>
/// <param name="Id">Its number in the graph.</param>
/// <param name="Descriptor">What the library knows of it.</param>
/// <param name="Dimensions">Sizes, outermost first in the library's order.</param>
internal sealed record CudnnTensor(long Id, CudnnDescriptor Descriptor, long[] Dimensions)
{
    /// <summary>Strides of a dense tensor with the first dimension outermost.</summary>
    public static long[] Packed(long[] dimensions)
    {
        long[] strides = new long[dimensions.Length];
        long stride = 1;
        for (int i = dimensions.Length - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= dimensions[i];
        }

        return strides;
    }

    /// <summary>The library's number of a type.</summary>
    public static int TypeOf(NativeType type) => type switch
    {
        NativeType.Float32 => CudnnValues.CUDNN_DATA_FLOAT,
        NativeType.Float16 => CudnnValues.CUDNN_DATA_HALF,
        _ => CudnnValues.CUDNN_DATA_BFLOAT16,
    };
}
