namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>
    /// 2-D convolution (cross-correlation, as everywhere in deep learning) of images between zeros: activation(x * weight + bias +
    /// sampleBias + residual).
    /// </summary>
    /// <remarks>
    /// One pass writes y. Under a tape the sum and its activation are two operations, as the backward pass of the second reads the sum.
    /// </remarks>
    /// <param name="x">Images [N, H, W, I].</param>
    /// <param name="weight">[O, KH, KW, I]: a checkpoint's [O, I, KH, KW] with the channels moved last.</param>
    /// <param name="bias">[O]; null for none.</param>
    /// <param name="stride">Distance between the patches, at least 1.</param>
    /// <param name="padding">Zeros on each side of the images, in pixels, at least 0.</param>
    /// <param name="sampleBias">[N, O], added to every pixel of an image: a time embedding; null for none.</param>
    /// <param name="residual">The shape of the result, added before the activation; null for none.</param>
    /// <param name="activation">Applied to the sum.</param>
    /// <returns>
    /// [N, (H + top + bottom - KH) / stride + 1, (W + left + right - KW) / stride + 1, O], of the type of <paramref name="x"/>.
    /// </returns>
    /// <exception cref="ShapeException">A shape is not as above, or the kernel is larger than the padded image.</exception>
    /// <exception cref="DTypeException">The types differ, or the backend does not compute in them.</exception>
    public static Tensor Conv2d(
        Tensor x, Tensor weight, Tensor? bias = null, int stride = 1, Padding2d padding = default, Tensor? sampleBias = null,
        Tensor? residual = null, Activation activation = Activation.None)
    {
        Require.Rank(x, 4);
        Require.Rank(weight, 4);
        (int kernelHeight, int kernelWidth, int channels) = (weight.Shape[1], weight.Shape[2], weight.Shape[3]);
        Require.That(x.Shape[3] == channels, $"x has {x.Shape[3]} channels, of shape {x.Shape}; weight {weight.Shape} needs {channels}");
        Require.SameDType(weight, x);
        if (bias is not null)
        {
            Require.Shape(bias, [weight.Shape[0]]);
            Require.SameDType(bias, x);
        }

        Require.That(stride >= 1, $"stride = {stride}; it must be at least 1");
        (int top, int bottom, int left, int right) = padding;
        Require.That(Math.Min(Math.Min(top, bottom), Math.Min(left, right)) >= 0, $"padding = {padding}; it must be at least 0");
        int height = x.Shape[1] + top + bottom, width = x.Shape[2] + left + right;
        Require.That(
            kernelHeight >= 1 && kernelWidth >= 1 && kernelHeight <= height && kernelWidth <= width,
            $"a kernel of {kernelHeight} x {kernelWidth} does not fit into images of {height} x {width}, padding included");

        Shape shape = [x.Shape[0], (height - kernelHeight) / stride + 1, (width - kernelWidth) / stride + 1, weight.Shape[0]];
        if (sampleBias is not null)
        {
            Require.Shape(sampleBias, [shape[0], shape[3]]);
            Require.SameDType(sampleBias, x);
        }

        if (residual is not null)
        {
            Require.Shape(residual, shape);
            Require.SameDType(residual, x);
        }

        Tensor y = Tensor.Empty(shape, x.DType, x.Backend);
        bool records = Tape.Records(x, weight, bias, sampleBias, residual);
        Epilogue epilogue = new(bias, sampleBias, residual, records ? Activation.None : activation);
        x.Backend.Conv2dForward(x, weight, stride, padding, epilogue, y);
        if (!records)
            return y;
        Tape.Push(new Conv2dOp(x, weight, bias, stride, padding, sampleBias, residual), y);
        return Activate(activation, y);
    }
}

internal sealed class Conv2dOp : Op
{
    readonly Tensor x, weight;
    readonly int stride;
    readonly Padding2d padding;

    public Conv2dOp(
        Tensor x, Tensor weight, Tensor? bias, int stride, Padding2d padding, Tensor? sampleBias, Tensor? residual)
        : base(x, weight, bias, sampleBias, residual)
    {
        (this.x, this.weight) = (Save(x), Save(weight));
        (this.stride, this.padding) = (stride, padding);
    }

    /// <summary>
    /// dx = dy * turned weight (convolution); dweight = sum over pixels of dy times the patch; dbias = sum of dy, dsampleBias the same for
    /// each image; dresidual = dy itself.
    /// </summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor? dx = null, dweight = null, dbias = null, dsampleBias = null;
        if (NeedsGrad(0))
            x.Backend.Conv2dBackwardData(dy, weight, stride, padding, dx = Tensor.Empty(x.Shape, x.DType, x.Backend));
        if (NeedsGrad(1))
        {
            dweight = Tensor.Empty(weight.Shape, weight.DType.Accumulator, x.Backend);
            x.Backend.Conv2dBackwardWeight(x, dy, stride, padding, dweight);
        }
        if (NeedsGrad(2))
            x.Backend.BiasBackward(dy, dbias = Tensor.Empty([weight.Shape[0]], weight.DType.Accumulator, x.Backend));
        if (NeedsGrad(3))
        {
            dsampleBias = Tensor.Empty([dy.Shape[0], weight.Shape[0]], dy.DType.Accumulator, x.Backend);
            x.Backend.SumGroups(dy, groups: dy.Shape[0], dsampleBias);
        }
        return [dx, dweight, dbias, dsampleBias, dy];
    }
}
