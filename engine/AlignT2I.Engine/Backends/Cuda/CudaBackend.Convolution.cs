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

        if (!IsEven(padding))
        {
            using MemoryScope scope = MemoryScope.Open();
            Conv2dForward(Padded(x, padding), weight, stride, default, epilogue, y);
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
        else if (!IsEven(padding))
        {
            using MemoryScope scope = MemoryScope.Open();
            Tensor padded = Tensor.Empty(PaddedShape(dx.Shape, padding), dx.DType, this);
            Conv2dBackwardData(dy, weight, stride, default, padded);
            Crop(padded, padding, dx);
        }
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

        if (!IsEven(padding))
        {
            using MemoryScope own = MemoryScope.Open();
            Conv2dBackwardWeight(Padded(x, padding), dy, stride, default, dweight);
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

    /// <summary>Whether opposite sides have as many zeros. The library's engines take no others: those are put into memory.</summary>
    static bool IsEven(Padding2d padding) => padding.Top == padding.Bottom && padding.Left == padding.Right;

    static Shape PaddedShape(Shape x, Padding2d padding) =>
        [x[0], x[1] + padding.Top + padding.Bottom, x[2] + padding.Left + padding.Right, x[3]];

    /// <summary>Images with zeros around them: rows of pixels are put among zeros, then images of such rows.</summary>
    Tensor Padded(Tensor x, Padding2d padding)
    {
        Shape shape = PaddedShape(x.Shape, padding);
        (int images, int height, int row, int wide) = (x.Shape[0], x.Shape[1], x.Shape[2] * x.Shape[3], shape[2] * shape[3]);
        Tensor rows = Tensor.Zeros([images * height, wide], x.DType, this);
        CopyColumns(x.Reshape([images * height, row]), 0, rows, padding.Left * x.Shape[3], row);
        Tensor y = Tensor.Zeros([images, shape[1] * wide], x.DType, this);
        CopyColumns(rows.Reshape([images, height * wide]), 0, y, padding.Top * wide, height * wide);
        return y.Reshape(shape);
    }

    /// <summary>The way back: the images without what is around them.</summary>
    void Crop(Tensor padded, Padding2d padding, Tensor x)
    {
        (int images, int height, int row, int wide) =
            (x.Shape[0], x.Shape[1], x.Shape[2] * x.Shape[3], padded.Shape[2] * x.Shape[3]);
        Tensor rows = Tensor.Empty([images, height * wide], x.DType, this);
        CopyColumns(padded.Reshape([images, padded.Shape[1] * wide]), padding.Top * wide, rows, 0, height * wide);
        CopyColumns(rows.Reshape([images * height, wide]), padding.Left * x.Shape[3], x.Reshape([images * height, row]), 0, row);
    }

    /// <summary>Whether the images are already the matrix of a product with the weight.</summary>
    static bool IsProduct(Tensor x, Shape weight, int stride, Padding2d padding) =>
        weight[1] == 1 && weight[2] == 1 && stride == 1 && padding == default && x.Count > 0;
}
