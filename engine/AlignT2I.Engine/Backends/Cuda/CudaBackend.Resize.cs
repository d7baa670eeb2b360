namespace AlignT2I.Engine.Backends.Cuda;

internal sealed partial class CudaBackend
{
    internal override void UpsampleNearest2xBackward(Tensor dy, Tensor dx)
    {
        if (dx.Count > 0)
        {
            Launch(
                Kernel("resize.cu", dx.DType, Form("upsample_nearest_2x_backward", dx.Shape[3], dx.DType)), PackBlocks(dx),
                P(dy), P(dx), (long)dx.Shape.Rows, dx.Shape[2], dx.Shape[3]);
        }
    }

    internal override void ResizeBilinear(Tensor x, Tensor y)
    {
        if (y.Count > 0)
        {
            Launch(
                Kernel("resize.cu", y.DType, Form("resize_bilinear", y.Shape[3], y.DType)), PackBlocks(y),
                P(x), P(y), (long)x.Shape[0], x.Shape[1], x.Shape[2], y.Shape[1], y.Shape[2], y.Shape[3]);
        }
    }

    internal override void ResizeBilinearBackward(Tensor dy, Tensor dx)
    {
        if (dx.Count > 0)
        {
            Launch(
                Kernel("resize.cu", dx.DType, Form("resize_bilinear_backward", dx.Shape[3], dx.DType)), PackBlocks(dx),
                P(dy), P(dx), (long)dx.Shape[0], dx.Shape[1], dx.Shape[2], dy.Shape[1], dy.Shape[2], dx.Shape[3]);
        }
    }

    internal override void AvgPool2d(Tensor x, int kernel, int stride, int padding, bool countIncludePad, Tensor y)
    {
        if (y.Count > 0)
        {
            Launch(
                Kernel("pool.cu", y.DType, "avg_pool"), Blocks(y.Count), P(x), P(y), (long)x.Shape[0], x.Shape[1], x.Shape[2],
                y.Shape[1], y.Shape[2], y.Shape[3], kernel, stride, padding, countIncludePad);
        }
    }

    internal override void AvgPool2dBackward(Tensor dy, int kernel, int stride, int padding, bool countIncludePad, Tensor dx)
    {
        if (dx.Count > 0)
        {
            Launch(
                Kernel("pool.cu", dx.DType, "avg_pool_backward"), Blocks(dx.Count),
                P(dy), P(dx), (long)dx.Shape[0], dx.Shape[1], dx.Shape[2],
                dy.Shape[1], dy.Shape[2], dx.Shape[3], kernel, stride, padding, countIncludePad);
        }
    }

    internal override void MaxPool2d(Tensor x, int kernel, int stride, int padding, Tensor y, Tensor position)
    {
        if (y.Count > 0)
        {
            Launch(
                Kernel("pool.cu", y.DType, "max_pool"), Blocks(y.Count), P(x), P(y), P(position), (long)x.Shape[0], x.Shape[1], x.Shape[2],
                y.Shape[1], y.Shape[2], y.Shape[3], kernel, stride, padding);
        }
    }

    internal override void MaxPool2dBackward(Tensor dy, Tensor position, int kernel, int stride, int padding, Tensor dx)
    {
        if (dx.Count > 0)
        {
            Launch(
                Kernel("pool.cu", dx.DType, "max_pool_backward"), Blocks(dx.Count), P(dy), P(position), P(dx), (long)dx.Shape[0],
                dx.Shape[1], dx.Shape[2], dy.Shape[1], dy.Shape[2], dx.Shape[3], kernel, stride, padding);
        }
    }
}
