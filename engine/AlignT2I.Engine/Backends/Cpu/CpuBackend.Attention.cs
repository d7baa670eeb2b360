namespace AlignT2I.Engine.Backends.Cpu;

internal sealed unsafe partial class CpuBackend
{
    internal override void AttentionForward(Tensor q, Tensor k, Tensor v, int heads, bool causal, Tensor y, Tensor logSumExp)
    {
        using HalfOperands operands = new();
        (q, k, v, y) = (operands.Read(q), operands.Read(k), operands.Read(v), operands.Write(y));
        AttentionShape shape = AttentionShapeOf(q, k, heads, causal);
        switch (q.DType)
        {
            case DType.F32:
                AttentionKernel<float>.Forward(
                    q.Pointer<float>(), k.Pointer<float>(), v.Pointer<float>(), y.Pointer<float>(), logSumExp.Pointer<float>(), shape);
                break;
            case DType.F64:
                AttentionKernel<double>.Forward(
                    q.Pointer<double>(), k.Pointer<double>(), v.Pointer<double>(),
                    y.Pointer<double>(), logSumExp.Pointer<double>(), shape);
                break;
            default:
                throw NotSupported(q.DType);
        }
    }

    internal override void AttentionBackward(
        Tensor q, Tensor k, Tensor v, Tensor y, Tensor logSumExp, int heads, bool causal, Tensor dy, Tensor dq, Tensor dk, Tensor dv)
    {
        using HalfOperands operands = new();
        (q, k, v, y, dy) =
            (operands.Read(q), operands.Read(k), operands.Read(v), operands.Read(y), operands.Read(dy));
        (dq, dk, dv) = (operands.Write(dq), operands.Write(dk), operands.Write(dv));
        AttentionShape shape = AttentionShapeOf(q, k, heads, causal);
        if (q.DType == DType.F32)
        {
            AttentionGradientKernel<float>.Backward(
                q.Pointer<float>(), k.Pointer<float>(), v.Pointer<float>(), y.Pointer<float>(), logSumExp.Pointer<float>(),
                dy.Pointer<float>(), dq.Pointer<float>(), dk.Pointer<float>(), dv.Pointer<float>(), shape);
        }
        else
        {
            AttentionGradientKernel<double>.Backward(
                q.Pointer<double>(), k.Pointer<double>(), v.Pointer<double>(), y.Pointer<double>(), logSumExp.Pointer<double>(),
                dy.Pointer<double>(), dq.Pointer<double>(), dk.Pointer<double>(), dv.Pointer<double>(), shape);
        }
    }

    static AttentionShape AttentionShapeOf(Tensor q, Tensor k, int heads, bool causal) =>
        new(q.Shape[0], q.Shape[1], k.Shape[1], heads, q.Shape[2] / heads, causal);
}
