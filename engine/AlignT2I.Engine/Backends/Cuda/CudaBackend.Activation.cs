namespace AlignT2I.Engine.Backends.Cuda;

internal sealed partial class CudaBackend
{
    internal override void SiluForward(Tensor x, Tensor y) => Activate("silu_forward", x, y);

    internal override void SiluBackward(Tensor x, Tensor dy, Tensor dx) => Differentiate("silu_backward", x, dy, dx);

    internal override void GeluForward(Tensor x, Tensor y) => Activate("gelu_forward", x, y);

    internal override void GeluBackward(Tensor x, Tensor dy, Tensor dx) => Differentiate("gelu_backward", x, dy, dx);

    internal override void GeluTanhForward(Tensor x, Tensor y) => Activate("gelu_tanh_forward", x, y);

    internal override void GeluTanhBackward(Tensor x, Tensor dy, Tensor dx) => Differentiate("gelu_tanh_backward", x, dy, dx);

    internal override void QuickGeluForward(Tensor x, Tensor y) => Activate("quick_gelu_forward", x, y);

    internal override void QuickGeluBackward(Tensor x, Tensor dy, Tensor dx) => Differentiate("quick_gelu_backward", x, dy, dx);

    internal override void ReluForward(Tensor x, Tensor y) => Activate("relu_forward", x, y);

    internal override void ReluBackward(Tensor y, Tensor dy, Tensor dx) => Differentiate("relu_backward", y, dy, dx);

    internal override void SigmoidForward(Tensor x, Tensor y) => Activate("sigmoid_forward", x, y);

    internal override void SigmoidBackward(Tensor y, Tensor dy, Tensor dx) => Differentiate("sigmoid_backward", y, dy, dx);

    internal override void TanhForward(Tensor x, Tensor y) => Activate("tanh_forward", x, y);

    internal override void TanhBackward(Tensor y, Tensor dy, Tensor dx) => Differentiate("tanh_backward", y, dy, dx);

    internal override void ExpForward(Tensor x, Tensor y) => Activate("exp_forward", x, y);

    internal override void ExpBackward(Tensor y, Tensor dy, Tensor dx) => Differentiate("exp_backward", y, dy, dx);

    internal override void LogForward(Tensor x, Tensor y) => Activate("log_forward", x, y);

    internal override void LogBackward(Tensor x, Tensor dy, Tensor dx) => Differentiate("log_backward", x, dy, dx);

    internal override void GegluForward(Tensor x, Tensor y)
    {
        if (y.Count > 0)
            Launch(
                Kernel("activation.cu", x.DType, Form("geglu_forward", y.Shape[^1], x.DType)), PackBlocks(y),
                P(x), P(y), (long)y.Shape.Rows, y.Shape[^1]);
    }

    internal override void GegluBackward(Tensor x, Tensor dy, Tensor dx)
    {
        if (dy.Count == 0)
            return;
        int width = dy.Shape[^1];
        Launch(
            Kernel("activation.cu", x.DType, Form("geglu_backward", width, x.DType)), PackBlocks(dy),
            P(x), P(dy), P(dx), (long)dy.Shape.Rows, width);
    }

    void Activate(string kernel, Tensor x, Tensor y)
    {
        if (y.Count > 0)
            Launch(Kernel("activation.cu", x.DType, kernel), PackBlocks(y), P(x), P(y), y.Count);
    }

    void Differentiate(string kernel, Tensor saved, Tensor dy, Tensor dx)
    {
        if (dx.Count > 0)
            Launch(Kernel("activation.cu", dx.DType, kernel), PackBlocks(dx), P(saved), P(dy), P(dx), dx.Count);
    }
}
