using System.Numerics;
using System.Numerics.Tensors;

namespace AlignT2I.Engine.Backends.Cpu;

internal sealed unsafe partial class CpuBackend
{
    internal override void Clamp(Tensor x, double low, double high, Tensor y)
    {
        using HalfOperands operands = new();
        (x, y) = (operands.Read(x), operands.Write(y));
        switch (x.DType)
        {
            case DType.F32: TensorPrimitives.Clamp(x.AsSpan<float>(), (float)low, (float)high, y.AsSpan<float>()); break;
            case DType.F64: TensorPrimitives.Clamp(x.AsSpan<double>(), low, high, y.AsSpan<double>()); break;
            default: throw NotSupported(x.DType);
        }
    }

    internal override void ClampBackward(Tensor x, double low, double high, Tensor dy, Tensor dx)
    {
        using HalfOperands operands = new();
        (x, dy, dx) = (operands.Read(x), operands.Read(dy), operands.Write(dx));
        switch (x.DType)
        {
            case DType.F32: ClampBackward(x.AsSpan<float>(), (float)low, (float)high, dy.AsSpan<float>(), dx.AsSpan<float>()); break;
            case DType.F64: ClampBackward(x.AsSpan<double>(), low, high, dy.AsSpan<double>(), dx.AsSpan<double>()); break;
            default: throw NotSupported(x.DType);
        }
    }

    static void ClampBackward<T>(ReadOnlySpan<T> x, T low, T high, ReadOnlySpan<T> dy, Span<T> dx)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int i = 0; i < dx.Length; i++)
            dx[i] = x[i] >= low && x[i] <= high ? dy[i] : T.Zero;
    }
}
