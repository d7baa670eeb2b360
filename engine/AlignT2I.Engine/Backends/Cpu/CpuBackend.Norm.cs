namespace AlignT2I.Engine.Backends.Cpu;

internal sealed unsafe partial class CpuBackend
{
    internal override void GroupNormForward(
        Tensor x, Tensor weight, Tensor bias, int groups, float eps, bool silu, Tensor y, Tensor mean, Tensor rstd)
    {
        using HalfOperands operands = new();
        (x, y) = (operands.Read(x), operands.Write(y));
        GroupNormShape shape = GroupNormShapeOf(x, groups);
        switch (x.DType)
        {
            case DType.F32:
                GroupNormKernel<float>.Forward(x.Pointer<float>(), weight.Pointer<float>(), bias.Pointer<float>(),
                    y.Pointer<float>(), mean.Pointer<float>(), rstd.Pointer<float>(), shape, eps, silu);
                break;
            case DType.F64:
                GroupNormKernel<double>.Forward(x.Pointer<double>(), weight.Pointer<double>(), bias.Pointer<double>(),
                    y.Pointer<double>(), mean.Pointer<double>(), rstd.Pointer<double>(), shape, eps, silu);
                break;
            default:
                throw NotSupported(x.DType);
        }
    }

    internal override void GroupNormBackward(
        Tensor x, Tensor weight, Tensor? bias, Tensor mean, Tensor rstd, int groups, Tensor dy, Tensor dx, Tensor dweight, Tensor dbias)
    {
        using HalfOperands operands = new();
        (x, dy, dx) = (operands.Read(x), operands.Read(dy), operands.Write(dx));
        GroupNormShape shape = GroupNormShapeOf(x, groups);
        if (x.DType == DType.F32)
        {
            float* shift = bias is null ? null : bias.Pointer<float>();
            GroupNormGradientKernel<float>.Backward(x.Pointer<float>(), weight.Pointer<float>(), shift,
                mean.Pointer<float>(), rstd.Pointer<float>(), dy.Pointer<float>(), dx.Pointer<float>(),
                dweight.Pointer<float>(), dbias.Pointer<float>(), shape);
        }
        else
        {
            double* shift = bias is null ? null : bias.Pointer<double>();
            GroupNormGradientKernel<double>.Backward(x.Pointer<double>(), weight.Pointer<double>(), shift,
                mean.Pointer<double>(), rstd.Pointer<double>(), dy.Pointer<double>(), dx.Pointer<double>(),
                dweight.Pointer<double>(), dbias.Pointer<double>(), shape);
        }
    }

    internal override void LayerNormForward(Tensor x, Tensor weight, Tensor bias, float eps, Tensor y, Tensor mean, Tensor rstd)
    {
        using HalfOperands operands = new();
        (x, y) = (operands.Read(x), operands.Write(y));
        int columns = x.Shape[^1];
        switch (x.DType)
        {
            case DType.F32:
                LayerNormKernel<float>.Forward(x.Pointer<float>(), weight.Pointer<float>(), bias.Pointer<float>(),
                    y.Pointer<float>(), mean.Pointer<float>(), rstd.Pointer<float>(), mean.Count, columns, eps);
                break;
            case DType.F64:
                LayerNormKernel<double>.Forward(x.Pointer<double>(), weight.Pointer<double>(), bias.Pointer<double>(),
                    y.Pointer<double>(), mean.Pointer<double>(), rstd.Pointer<double>(), mean.Count, columns, eps);
                break;
            default:
                throw NotSupported(x.DType);
        }
    }

    internal override void LayerNormBackward(
        Tensor x, Tensor weight, Tensor mean, Tensor rstd, Tensor dy, Tensor dx, Tensor dweight, Tensor dbias)
    {
        using HalfOperands operands = new();
        (x, dy, dx) = (operands.Read(x), operands.Read(dy), operands.Write(dx));
        int columns = x.Shape[^1];
        if (x.DType == DType.F32)
        {
            LayerNormKernel<float>.Backward(x.Pointer<float>(), weight.Pointer<float>(), mean.Pointer<float>(), rstd.Pointer<float>(),
                dy.Pointer<float>(), dx.Pointer<float>(), dweight.Pointer<float>(), dbias.Pointer<float>(), mean.Count, columns);
        }
        else
        {
            LayerNormKernel<double>.Backward(x.Pointer<double>(), weight.Pointer<double>(), mean.Pointer<double>(), rstd.Pointer<double>(),
                dy.Pointer<double>(), dx.Pointer<double>(), dweight.Pointer<double>(), dbias.Pointer<double>(), mean.Count, columns);
        }
    }

    internal override void SoftmaxForward(Tensor x, Tensor y)
    {
        using HalfOperands operands = new();
        (x, y) = (operands.Read(x), operands.Write(y));
        int columns = x.Shape[^1];
        long rows = x.Shape.Rows;
        switch (x.DType)
        {
            case DType.F32: SoftmaxKernel<float>.Forward(x.Pointer<float>(), y.Pointer<float>(), rows, columns); break;
            case DType.F64: SoftmaxKernel<double>.Forward(x.Pointer<double>(), y.Pointer<double>(), rows, columns); break;
            default: throw NotSupported(x.DType);
        }
    }

    internal override void SoftmaxBackward(Tensor y, Tensor dy, Tensor dx)
    {
        using HalfOperands operands = new();
        (y, dy, dx) = (operands.Read(y), operands.Read(dy), operands.Write(dx));
        int columns = y.Shape[^1];
        long rows = y.Shape.Rows;
        if (y.DType == DType.F32)
            SoftmaxKernel<float>.Backward(y.Pointer<float>(), dy.Pointer<float>(), dx.Pointer<float>(), rows, columns);
        else
            SoftmaxKernel<double>.Backward(y.Pointer<double>(), dy.Pointer<double>(), dx.Pointer<double>(), rows, columns);
    }

    static GroupNormShape GroupNormShapeOf(Tensor x, int groups)
    {
        int images = x.Shape[0], channels = x.Shape[^1];
        long elements = (long)images * channels;
        return new GroupNormShape(images, elements == 0 ? 0 : checked((int)(x.Count / elements)), channels, groups);
    }
}
