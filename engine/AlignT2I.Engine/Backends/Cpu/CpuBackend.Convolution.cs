using System.Numerics;

namespace AlignT2I.Engine.Backends.Cpu;

internal sealed unsafe partial class CpuBackend
{
    internal override void Conv2dForward(Tensor x, Tensor weight, Tensor? bias, int stride, Padding2d padding, Tensor y)
    {
        switch (y.DType)
        {
            case DType.F32: Conv2dForward<float>(x, weight, bias, stride, padding, y); break;
            case DType.F64: Conv2dForward<double>(x, weight, bias, stride, padding, y); break;
            default: throw NotSupported(y.DType);
        }
    }

    internal override void Conv2dBackwardData(Tensor dy, Tensor weight, int stride, Padding2d padding, Tensor dx)
    {
        ConvolutionShape shape = ConvolutionShape.Of(dx, weight, stride, padding);
        switch (dx.DType)
        {
            case DType.F32: Convolution<float>.BackwardData(shape, dy.Pointer<float>(), weight.Pointer<float>(), dx.Pointer<float>()); break;
            case DType.F64: Convolution<double>.BackwardData(shape, dy.Pointer<double>(), weight.Pointer<double>(), dx.Pointer<double>()); break;
            default: throw NotSupported(dx.DType);
        }
    }

    internal override void Conv2dBackwardWeight(Tensor x, Tensor dy, int stride, Padding2d padding, Tensor dweight)
    {
        ConvolutionShape shape = ConvolutionShape.Of(x, dweight, stride, padding);
        switch (dweight.DType)
        {
            case DType.F32: Convolution<float>.BackwardWeight(shape, x.Pointer<float>(), dy.Pointer<float>(), dweight.Pointer<float>()); break;
            case DType.F64: Convolution<double>.BackwardWeight(shape, x.Pointer<double>(), dy.Pointer<double>(), dweight.Pointer<double>()); break;
            default: throw NotSupported(dweight.DType);
        }
    }

    static void Conv2dForward<T>(Tensor x, Tensor weight, Tensor? bias, int stride, Padding2d padding, Tensor y)
        where T : unmanaged, INumberBase<T>
    {
        T* b = bias is null ? null : bias.Pointer<T>();
        Convolution<T>.Forward(ConvolutionShape.Of(x, weight, stride, padding), x.Pointer<T>(), weight.Pointer<T>(), b, y.Pointer<T>());
    }
}
