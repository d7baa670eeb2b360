using System.Numerics;

namespace AlignT2I.Engine.Backends.Cpu;

internal sealed unsafe partial class CpuBackend
{
    internal override void Conv2dForward(Tensor x, Tensor weight, int stride, Padding2d padding, Epilogue epilogue, Tensor y)
    {
        using HalfOperands operands = new();
        (x, weight, epilogue, y) = (operands.Read(x), operands.Read(weight), operands.Read(epilogue), operands.Write(y));
        ConvolutionShape shape = ConvolutionShape.Of(x, weight, stride, padding);
        switch (y.DType)
        {
            case DType.F32: Conv2dForward<float>(shape, x, weight, epilogue, y); break;
            case DType.F64: Conv2dForward<double>(shape, x, weight, epilogue, y); break;
            default: throw NotSupported(y.DType);
        }
    }

    internal override void Conv2dBackwardData(Tensor dy, Tensor weight, int stride, Padding2d padding, Tensor dx)
    {
        using HalfOperands operands = new();
        (dy, weight, dx) = (operands.Read(dy), operands.Read(weight), operands.Write(dx));
        ConvolutionShape shape = ConvolutionShape.Of(dx, weight, stride, padding);
        switch (dx.DType)
        {
            case DType.F32: Conv2dBackwardData<float>(shape, dy, weight, dx); break;
            case DType.F64: Conv2dBackwardData<double>(shape, dy, weight, dx); break;
            default: throw NotSupported(dx.DType);
        }
    }

    internal override void Conv2dBackwardWeight(Tensor x, Tensor dy, int stride, Padding2d padding, Tensor dweight)
    {
        using HalfOperands operands = new();
        (x, dy, dweight) = (operands.Read(x), operands.Read(dy), operands.Write(dweight));
        ConvolutionShape shape = ConvolutionShape.Of(x, dweight, stride, padding);
        switch (dweight.DType)
        {
            case DType.F32: Conv2dBackwardWeight<float>(shape, x, dy, dweight); break;
            case DType.F64: Conv2dBackwardWeight<double>(shape, x, dy, dweight); break;
            default: throw NotSupported(dweight.DType);
        }
    }

    void Conv2dForward<T>(ConvolutionShape shape, Tensor x, Tensor weight, Epilogue epilogue, Tensor y) where T : unmanaged, INumberBase<T>
    {
        using PackedCopy packed = Packed<T>(weight, Convolution<T>.ForwardLayout(shape));
        Convolution<T>.Forward(
            shape, x.Pointer<T>(), weight.ReadPointer<T>(), (T*)packed.Pointer, EpilogueKernel<T>.Of(epilogue, y), y.Pointer<T>());
    }

    void Conv2dBackwardData<T>(ConvolutionShape shape, Tensor dy, Tensor weight, Tensor dx) where T : unmanaged, INumberBase<T>
    {
        using PackedCopy packed = Packed<T>(weight, Convolution<T>.BackwardLayout(shape));
        Convolution<T>.BackwardData(shape, dy.Pointer<T>(), weight.ReadPointer<T>(), (T*)packed.Pointer, dx.Pointer<T>());
    }

    static void Conv2dBackwardWeight<T>(ConvolutionShape shape, Tensor x, Tensor dy, Tensor dweight) where T : unmanaged, INumberBase<T> =>
        Convolution<T>.BackwardWeight(shape, x.Pointer<T>(), dy.Pointer<T>(), dweight.Pointer<T>());
}
