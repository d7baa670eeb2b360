using System.Runtime.InteropServices;
using static AlignT2I.Native.CudnnValues;

namespace AlignT2I.Native;

/// <summary>An operation graph under construction, the owner of its descriptors. What flows between operations is float32.</summary>
internal sealed unsafe class CudnnGraph : IDisposable
{
    readonly List<CudnnDescriptor> owned = [];
    readonly List<nint> operations = [];
    readonly List<(long Id, nint Value)> scalars = [];
    long tensors;

    /// <summary>Numbers of the tensors that are passed by value, and where their values are.</summary>
    public IReadOnlyList<(long Id, nint Value)> Scalars => scalars;

    /// <summary>A tensor in device memory.</summary>
    public CudnnTensor Tensor(int type, long[] dimensions, long[] strides) =>
        Make(type, dimensions, strides, isVirtual: false, byValue: false);

    /// <summary>A number that is passed with the launch.</summary>
    public CudnnTensor Scalar(float value)
    {
        CudnnTensor tensor = Make(CUDNN_DATA_FLOAT, [1, 1, 1, 1], [1, 1, 1, 1], isVirtual: false, byValue: true);
        float* memory = (float*)NativeMemory.Alloc(sizeof(float));
        *memory = value;
        scalars.Add((tensor.Id, (nint)memory));
        return tensor;
    }

    /// <summary>A value between operations that never reaches memory.</summary>
    public CudnnTensor Virtual(long[] dimensions, int type = CUDNN_DATA_FLOAT, long[]? strides = null) =>
        Make(type, dimensions, strides ?? CudnnTensor.Packed(dimensions), isVirtual: true, byValue: false);

    /// <summary>y = mode(x, b), elementwise with broadcasting.</summary>
    /// <param name="mode">cudnnPointwiseMode_t.</param>
    /// <param name="x">First operand.</param>
    /// <param name="b">Second operand, if the mode has one.</param>
    /// <param name="y">Result; made here where none is given.</param>
    /// <param name="mask">Condition of a selection.</param>
    /// <param name="axis">Axis of an index.</param>
    /// <param name="computeType">Type in which the operation is done.</param>
    /// <param name="resultType">Type of a result that is made here.</param>
    public CudnnTensor Pointwise(
        int mode, CudnnTensor x, CudnnTensor? b = null, CudnnTensor? y = null, CudnnTensor? mask = null, int? axis = null,
        int computeType = CUDNN_DATA_FLOAT, int resultType = CUDNN_DATA_FLOAT)
    {
        y ??= Virtual(x.Dimensions, resultType);
        CudnnDescriptor pointwise = New(CUDNN_BACKEND_POINTWISE_DESCRIPTOR);
        pointwise.Set(CUDNN_ATTR_POINTWISE_MODE, CUDNN_TYPE_POINTWISE_MODE, mode);
        pointwise.Set(CUDNN_ATTR_POINTWISE_MATH_PREC, CUDNN_TYPE_DATA_TYPE, computeType);
        if (axis is { } along)
            pointwise.Set(CUDNN_ATTR_POINTWISE_AXIS, (long)along);
        pointwise.Finish();
        CudnnDescriptor operation = New(CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR);
        operation.Set(CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR, pointwise);
        operation.Set(CUDNN_ATTR_OPERATION_POINTWISE_XDESC, x.Descriptor);
        operation.Set(CUDNN_ATTR_OPERATION_POINTWISE_YDESC, y.Descriptor);
        if (b is not null)
            operation.Set(CUDNN_ATTR_OPERATION_POINTWISE_BDESC, b.Descriptor);
        if (mask is not null)
            operation.Set(CUDNN_ATTR_OPERATION_POINTWISE_TDESC, mask.Descriptor);
        Add(operation);
        return y;
    }

    /// <summary>y = reduction of x along the dimensions in which y is 1.</summary>
    public CudnnTensor Reduce(int mode, CudnnTensor x, CudnnTensor y)
    {
        CudnnDescriptor reduction = New(CUDNN_BACKEND_REDUCTION_DESCRIPTOR);
        reduction.Set(CUDNN_ATTR_REDUCTION_OPERATOR, CUDNN_TYPE_REDUCTION_OPERATOR_TYPE, mode);
        reduction.Set(CUDNN_ATTR_REDUCTION_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, CUDNN_DATA_FLOAT);
        reduction.Finish();
        CudnnDescriptor operation = New(CUDNN_BACKEND_OPERATION_REDUCTION_DESCRIPTOR);
        operation.Set(CUDNN_ATTR_OPERATION_REDUCTION_XDESC, x.Descriptor);
        operation.Set(CUDNN_ATTR_OPERATION_REDUCTION_YDESC, y.Descriptor);
        operation.Set(CUDNN_ATTR_OPERATION_REDUCTION_DESC, reduction);
        Add(operation);
        return y;
    }

    /// <summary>c = a b, matrix by matrix.</summary>
    public CudnnTensor MatMul(CudnnTensor a, CudnnTensor b, CudnnTensor c)
    {
        CudnnDescriptor product = New(CUDNN_BACKEND_MATMUL_DESCRIPTOR);
        product.Set(CUDNN_ATTR_MATMUL_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, CUDNN_DATA_FLOAT);
        product.Finish();
        CudnnDescriptor operation = New(CUDNN_BACKEND_OPERATION_MATMUL_DESCRIPTOR);
        operation.Set(CUDNN_ATTR_OPERATION_MATMUL_ADESC, a.Descriptor);
        operation.Set(CUDNN_ATTR_OPERATION_MATMUL_BDESC, b.Descriptor);
        operation.Set(CUDNN_ATTR_OPERATION_MATMUL_CDESC, c.Descriptor);
        operation.Set(CUDNN_ATTR_OPERATION_MATMUL_DESC, product);
        Add(operation);
        return c;
    }

    /// <summary>The elements of x seen under other dimensions and strides.</summary>
    public CudnnTensor Reshape(CudnnTensor x, CudnnTensor y)
    {
        CudnnDescriptor operation = New(CUDNN_BACKEND_OPERATION_RESHAPE_DESCRIPTOR);
        operation.Set(CUDNN_ATTR_OPERATION_RESHAPE_XDESC, x.Descriptor);
        operation.Set(CUDNN_ATTR_OPERATION_RESHAPE_YDESC, y.Descriptor);
        Add(operation);
        return y;
    }

    /// <summary>A descriptor that the graph owns; its attributes are the caller's to set before <see cref="Add"/>.</summary>
    public CudnnDescriptor New(int type)
    {
        CudnnDescriptor descriptor = new(type);
        owned.Add(descriptor);
        return descriptor;
    }

    /// <summary>Finishes an operation and puts it in the graph.</summary>
    public void Add(CudnnDescriptor operation) => operations.Add(operation.Finish().Handle);

    /// <summary>Finishes the graph; null where the library does not support it.</summary>
    public CudnnDescriptor? Finish(nint library)
    {
        CudnnDescriptor graph = New(CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR);
        graph.SetPointers(CUDNN_ATTR_OPERATIONGRAPH_OPS, CUDNN_TYPE_BACKEND_DESCRIPTOR, CollectionsMarshal.AsSpan(operations));
        graph.SetPointer(CUDNN_ATTR_OPERATIONGRAPH_HANDLE, CUDNN_TYPE_HANDLE, library);
        int status = graph.TryFinish();
        if (CudnnStatus.IsUnsupported(status))
            return null;
        CudnnStatus.Check(status, "cudnnBackendFinalize of an operation graph");
        return graph;
    }

    public void Dispose()
    {
        for (int i = owned.Count - 1; i >= 0; i--)
            owned[i].Dispose();
        foreach ((_, nint value) in scalars)
            NativeMemory.Free((void*)value);
    }

    CudnnTensor Make(int type, long[] dimensions, long[] strides, bool isVirtual, bool byValue)
    {
        CudnnDescriptor tensor = New(CUDNN_BACKEND_TENSOR_DESCRIPTOR);
        long id = ++tensors;
        tensor.Set(CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE, type);
        tensor.Set(CUDNN_ATTR_TENSOR_DIMENSIONS, dimensions);
        tensor.Set(CUDNN_ATTR_TENSOR_STRIDES, strides);
        tensor.Set(CUDNN_ATTR_TENSOR_UNIQUE_ID, id);
        tensor.Set(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, 16L);
        tensor.Set(CUDNN_ATTR_TENSOR_IS_VIRTUAL, isVirtual);
        if (byValue)
            tensor.Set(CUDNN_ATTR_TENSOR_IS_BY_VALUE, true);
        return new CudnnTensor(id, tensor.Finish(), dimensions);
    }
}
