using static AlignT2I.Native.CudnnValues;

namespace AlignT2I.Native;

/// <summary>The operation graph of a convolution. The library's order is N, C, H, W; the strides say that memory is N, H, W, C.</summary>
internal sealed class CudnnConvolutionGraph : IDisposable
{
    readonly ConvolutionKey key;

    public CudnnConvolutionGraph(nint library, in ConvolutionKey key)
    {
        this.key = key;
        int type = CudnnTensor.TypeOf(key.Type), resultType = CudnnTensor.TypeOf(key.ResultType);
        bool forward = key.Pass == ConvolutionPass.Forward, data = key.Pass == ConvolutionPass.BackwardData;
        CudnnTensor x = Tensor(data ? resultType : type, key.Images, key.Channels, key.Height, key.Width);
        CudnnTensor w = Tensor(forward || data ? type : resultType, key.Filters, key.Channels, key.KernelHeight, key.KernelWidth);
        CudnnTensor y = Tensor(forward ? resultType : type, key.Images, key.Filters, key.OutputHeight, key.OutputWidth);
        (First, Second, Result) = key.Pass switch
        {
            ConvolutionPass.Forward => (x, w, y),
            ConvolutionPass.BackwardData => (y, w, x),
            _ => (x, y, w),
        };
        if (forward && key.Bias)
        {
            CudnnTensor product = Graph.Virtual(y.Dimensions, strides: ChannelsLast(y.Dimensions));
            Convolve(x, w, product);
            Bias = Tensor(resultType, 1, key.Filters, 1, 1);
            Graph.Pointwise(CUDNN_POINTWISE_ADD, product, Bias, y);
        }
        else
        {
            Convolve(x, w, y);
        }

        Finished = Graph.Finish(library);
    }

    public CudnnGraph Graph { get; } = new();

    /// <summary>The finished graph; null where the library does not support it.</summary>
    public CudnnDescriptor? Finished { get; }

    public CudnnTensor First { get; }

    public CudnnTensor Second { get; }

    public CudnnTensor Result { get; }

    public CudnnTensor? Bias { get; }

    public void Dispose() => Graph.Dispose();

    CudnnTensor Tensor(int type, params long[] dimensions) => Graph.Tensor(type, dimensions, ChannelsLast(dimensions));

    static long[] ChannelsLast(long[] d) => [d[1] * d[2] * d[3], 1, d[3] * d[1], d[1]];

    void Convolve(CudnnTensor x, CudnnTensor w, CudnnTensor y)
    {
        CudnnDescriptor convolution = Graph.New(CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR);
        convolution.Set(CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, CUDNN_DATA_FLOAT);
        convolution.Set(CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_TYPE_CONVOLUTION_MODE, CUDNN_CROSS_CORRELATION);
        convolution.Set(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, 2L);
        convolution.Set(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, [key.Top, key.Left]);
        convolution.Set(CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, [key.Bottom, key.Right]);
        convolution.Set(CUDNN_ATTR_CONVOLUTION_DILATIONS, [1, 1]);
        convolution.Set(CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, [key.Stride, key.Stride]);
        convolution.Finish();
        switch (key.Pass)
        {
            case ConvolutionPass.Forward:
                Operation(
                    CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR, convolution,
                    CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC,
                    (CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X, x), (CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W, w),
                    (CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y, y), CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA,
                    CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA);
                break;
            case ConvolutionPass.BackwardData:
                Operation(
                    CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR, convolution,
                    CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC, (CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX, x),
                    (CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W, w), (CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY, y),
                    CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA);
                break;
            default:
                Operation(
                    CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR, convolution,
                    CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC, (CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X, x),
                    (CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW, w), (CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY, y),
                    CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_ALPHA, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_BETA);
                break;
        }
    }

    void Operation(
        int type, CudnnDescriptor convolution, int convolutionName, (int Name, CudnnTensor Tensor) x, (int Name, CudnnTensor Tensor) w,
        (int Name, CudnnTensor Tensor) y, int alphaName, int betaName)
    {
        CudnnDescriptor operation = Graph.New(type);
        operation.Set(convolutionName, convolution);
        operation.Set(x.Name, x.Tensor.Descriptor);
        operation.Set(w.Name, w.Tensor.Descriptor);
        operation.Set(y.Name, y.Tensor.Descriptor);
        operation.Set(alphaName, 1f);
        operation.Set(betaName, 0f);
        Graph.Add(operation);
    }
}
