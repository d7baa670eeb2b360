using AlignT2I.Native;

namespace AlignT2I.Engine.Backends.Cuda;

internal sealed partial class CudaBackend
{
    internal override void Conv2dForward(Tensor x, Tensor weight, int stride, Padding2d padding, Epilogue epilogue, Tensor y)
    {
        if (y.Count == 0)
            return;
        Tensor? bias = epilogue.Bias;
        if (IsProduct(x, weight.Shape, stride, padding))
        {
            Product(new(Rows(y), weight.Shape[0], weight.Shape[3], false, true, Native(x), Native(y)), x, weight, epilogue, y);
            return;
        }

        if (x.Shape[3] == 0)
        {
            Fill(y, 0);
            Finish(epilogue, y);
            return;
        }

        ConvolutionKey plain = Key(ConvolutionPass.Forward, x.Shape, weight.Shape, stride, padding, Native(x), Native(y));
        ConvolutionKey fused = plain with { Bias = bias is not null };
        bool fuses = bias is null || convolutions.Supports(fused);
        convolutions.Run(fuses ? fused : plain, new(P(x), P(weight), P(y), fuses ? P(bias) : 0));
        Finish(fuses ? epilogue with { Bias = null } : epilogue, y);
    }

    internal override void Conv2dBackwardData(Tensor dy, Tensor weight, int stride, Padding2d padding, Tensor dx)
    {
        if (dx.Count == 0)
            return;
        if (dy.Count == 0)
            Fill(dx, 0);
        else if (IsProduct(dx, weight.Shape, stride, padding))
            Product(new(Rows(dx), weight.Shape[3], weight.Shape[0], false, false, Native(dy), Native(dx)), dy, weight, default, dx);
        else
        {
            ConvolutionKey key = Key(ConvolutionPass.BackwardData, dx.Shape, weight.Shape, stride, padding, Native(dy), Native(dx));
            convolutions.Run(key, new(P(dy), P(weight), P(dx)));
        }
    }

    internal override void Conv2dBackwardWeight(Tensor x, Tensor dy, int stride, Padding2d padding, Tensor dweight)
    {
        if (dweight.Count == 0)
            return;
        if (dy.Count == 0)
        {
            Fill(dweight, 0);
            return;
        }

        if (IsProduct(x, dweight.Shape, stride, padding))
        {
            Product(new(dweight.Shape[0], dweight.Shape[3], Rows(x), true, false, Native(x), Native(dweight)), dy, x, default, dweight);
            return;
        }

        ConvolutionKey key = Key(ConvolutionPass.BackwardWeight, x.Shape, dweight.Shape, stride, padding, Native(x), Native(dweight));
        if (key.Type == key.ResultType || convolutions.Supports(key))
        {
            convolutions.Run(key, new(P(x), P(dy), P(dweight)));
            return;
        }

        // Not every engine writes float32 from 16-bit operands: then the gradient is rounded once more on its way.
        using MemoryScope scope = MemoryScope.Open();
        Tensor half = Tensor.Empty(dweight.Shape, x.DType, this);
        convolutions.Run(key with { ResultType = key.Type }, new(P(x), P(dy), P(half)));
        Cast(half, dweight);
    }

    ConvolutionKey Key(
        ConvolutionPass pass, Shape x, Shape weight, int stride, Padding2d padding, NativeType type, NativeType resultType) => new(
        pass, type, resultType, x[0], x[1], x[2], x[3], weight[0], weight[1], weight[2],
        stride, padding.Top, padding.Bottom, padding.Left, padding.Right)
        {
            TensorFloat32 = options.TensorFloat32,
            Nondeterministic = options.Nondeterministic,
        };

    /// <summary>Whether the images are already the matrix of a product with the weight.</summary>
    static bool IsProduct(Tensor x, Shape weight, int stride, Padding2d padding) =>
        weight[1] == 1 && weight[2] == 1 && stride == 1 && padding == default && x.Count > 0;
}
