namespace AlignT2I.Engine.Backends.Cpu;

internal sealed unsafe partial class CpuBackend
{
    internal override void SiluForward(Tensor x, Tensor y) => Activate<SiluFunction>(x, y);

    internal override void SiluBackward(Tensor x, Tensor dy, Tensor dx) => Differentiate<SiluFunction>(x, dy, dx);

    internal override void GeluForward(Tensor x, Tensor y) => Activate<GeluFunction>(x, y);

    internal override void GeluBackward(Tensor x, Tensor dy, Tensor dx) => Differentiate<GeluFunction>(x, dy, dx);

    internal override void GeluTanhForward(Tensor x, Tensor y) => Activate<GeluTanhFunction>(x, y);

    internal override void GeluTanhBackward(Tensor x, Tensor dy, Tensor dx) => Differentiate<GeluTanhFunction>(x, dy, dx);

    internal override void QuickGeluForward(Tensor x, Tensor y) => Activate<QuickGeluFunction>(x, y);

    internal override void QuickGeluBackward(Tensor x, Tensor dy, Tensor dx) => Differentiate<QuickGeluFunction>(x, dy, dx);

    internal override void ReluForward(Tensor x, Tensor y) => Activate<ReluFunction>(x, y);

    internal override void ReluBackward(Tensor y, Tensor dy, Tensor dx) => Differentiate<ReluFunction>(y, dy, dx);

    internal override void SigmoidForward(Tensor x, Tensor y) => Activate<SigmoidFunction>(x, y);

    internal override void SigmoidBackward(Tensor y, Tensor dy, Tensor dx) => Differentiate<SigmoidFunction>(y, dy, dx);

    internal override void TanhForward(Tensor x, Tensor y) => Activate<TanhFunction>(x, y);

    internal override void TanhBackward(Tensor y, Tensor dy, Tensor dx) => Differentiate<TanhFunction>(y, dy, dx);

    internal override void ExpForward(Tensor x, Tensor y) => Activate<ExpFunction>(x, y);

    internal override void ExpBackward(Tensor y, Tensor dy, Tensor dx) => Differentiate<ExpFunction>(y, dy, dx);

    internal override void LogForward(Tensor x, Tensor y) => Activate<LogFunction>(x, y);

    internal override void LogBackward(Tensor x, Tensor dy, Tensor dx) => Differentiate<LogFunction>(x, dy, dx);

    internal override void GegluForward(Tensor x, Tensor y)
    {
        using HalfOperands operands = new();
        (x, y) = (operands.Read(x), operands.Write(y));
        int width = y.Shape[^1];
        long rows = y.Shape.Rows;
        switch (x.DType)
        {
            case DType.F32: GegluKernel.Forward(x.Pointer<float>(), y.Pointer<float>(), rows, width); break;
            case DType.F64: GegluKernel.Forward(x.Pointer<double>(), y.Pointer<double>(), rows, width); break;
            default: throw NotSupported(x.DType);
        }
    }

    internal override void GegluBackward(Tensor x, Tensor dy, Tensor dx)
    {
        using HalfOperands operands = new();
        (x, dy, dx) = (operands.Read(x), operands.Read(dy), operands.Write(dx));
        int width = dy.Shape[^1];
        long rows = dy.Shape.Rows;
        if (x.DType == DType.F32)
            GegluKernel.Backward(x.Pointer<float>(), dy.Pointer<float>(), dx.Pointer<float>(), rows, width);
        else
            GegluKernel.Backward(x.Pointer<double>(), dy.Pointer<double>(), dx.Pointer<double>(), rows, width);
    }

    static void Activate<TFunction>(Tensor x, Tensor y) where TFunction : struct, IActivation
    {
        using HalfOperands operands = new();
        (x, y) = (operands.Read(x), operands.Write(y));
        switch (x.DType)
        {
            case DType.F32: ActivationKernel<TFunction>.Forward(x.Pointer<float>(), y.Pointer<float>(), x.Count); break;
            case DType.F64: ActivationKernel<TFunction>.Forward(x.Pointer<double>(), y.Pointer<double>(), x.Count); break;
            default: throw NotSupported(x.DType);
        }
    }

    static void Differentiate<TFunction>(Tensor saved, Tensor dy, Tensor dx) where TFunction : struct, IActivation
    {
        using HalfOperands operands = new();
        (saved, dy, dx) = (operands.Read(saved), operands.Read(dy), operands.Write(dx));
        if (saved.DType == DType.F32)
            ActivationKernel<TFunction>.Backward(saved.Pointer<float>(), dy.Pointer<float>(), dx.Pointer<float>(), dx.Count);
        else
            ActivationKernel<TFunction>.Backward(saved.Pointer<double>(), dy.Pointer<double>(), dx.Pointer<double>(), dx.Count);
    }
}
