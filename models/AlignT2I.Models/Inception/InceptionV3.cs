using AlignT2I.Engine;

namespace AlignT2I.Models.Inception;

/// <summary>The Inception v3 whose last pool gives the features of the Fréchet Inception distance.</summary>
/// <remarks>
/// Szegedy et al. 2015, arXiv:1512.00567, in the variant of TensorFlow that Heusel et al. 2017, arXiv:1706.08500, measured with and
/// pytorch-fid's checkpoint <c>pt_inception-2015-12-05</c> holds (mseitzer/pytorch-fid, src/pytorch_fid/inception.py): it differs from
/// torchvision's in that the mean pools count no padding and that the last block's pool takes maxima. Parameter names are torchvision's;
/// the classifier that follows is not built.
/// </remarks>
public sealed class InceptionV3 : MultiModule<Tensor>
{
    /// <summary>Length of an image's features.</summary>
    public const int Features = 2048;

    const int Size = 299, Grid = 8, Channels = 3;

    readonly DType dtype;
    readonly ConvBatchNorm conv1a, conv2a, conv2b, conv3b, conv4a;
    readonly Module<Tensor>[] mixed5And6, mixed7;

    /// <summary>Builds the network; its parameters get their values from <paramref name="p"/>.</summary>
    /// <param name="p">The parameters, named as in the checkpoint.</param>
    public InceptionV3(ParameterBuilder p)
    {
        dtype = p.DType;
        conv1a = new ConvBatchNorm(p["Conv2d_1a_3x3"], Channels, 32, kernel: 3, stride: 2);
        conv2a = new ConvBatchNorm(p["Conv2d_2a_3x3"], 32, 32, kernel: 3);
        conv2b = ConvBatchNorm.Same(p["Conv2d_2b_3x3"], 32, 64, kernel: 3);
        conv3b = new ConvBatchNorm(p["Conv2d_3b_1x1"], 64, 80, kernel: 1);
        conv4a = new ConvBatchNorm(p["Conv2d_4a_3x3"], 80, 192, kernel: 3);
        mixed5And6 =
        [
            new InceptionA(p["Mixed_5b"], 192, poolFeatures: 32),
            new InceptionA(p["Mixed_5c"], 256, poolFeatures: 64),
            new InceptionA(p["Mixed_5d"], 288, poolFeatures: 64),
            new InceptionB(p["Mixed_6a"], 288),
            new InceptionC(p["Mixed_6b"], 768, channels7: 128),
            new InceptionC(p["Mixed_6c"], 768, channels7: 160),
            new InceptionC(p["Mixed_6d"], 768, channels7: 160),
            new InceptionC(p["Mixed_6e"], 768, channels7: 192),
        ];
        mixed7 =
        [
            new InceptionD(p["Mixed_7a"], 768),
            new InceptionE(p["Mixed_7b"], 1280, MeanOfNeighbours),
            new InceptionE(p["Mixed_7c"], 2048, x => F.MaxPool2d(x, kernel: 3, stride: 1, padding: 1)),
        ];
    }

    /// <summary>Whether a checkpoint's tensor is one that the features do not need: the classifiers, and counters of training.</summary>
    /// <param name="name">Name of the tensor.</param>
    public static bool IsUnused(string name) => name.StartsWith("fc.", StringComparison.Ordinal)
        || name.StartsWith("AuxLogits.", StringComparison.Ordinal) || name.EndsWith(".num_batches_tracked", StringComparison.Ordinal);

    /// <summary>Features of images.</summary>
    /// <param name="images">[N, H, W, 3], values in 0..1, of any size: they are resized to 299 x 299, without antialiasing.</param>
    /// <returns>
    /// The maps after the first and second max pool [N, 73, 73, 64] and [N, 35, 35, 192], before the last reduction [N, 17, 17, 768],
    /// and the features [N, 2048].
    /// </returns>
    /// <exception cref="ShapeException">The shape is not as above.</exception>
    protected override Tensor[] Forward(Tensor images)
    {
        if (images.Shape.Rank != 4 || images.Shape[3] != Channels)
            throw new ShapeException($"InceptionV3: images are {images.Shape}; expected [N, H, W, {Channels}].");
        Tensor x = F.Cast(F.Affine(F.ResizeBilinear(images, Size, Size), 2, -1), dtype);
        Tensor first = F.MaxPool2d(conv2b.Call(conv2a.Call(conv1a.Call(x))), kernel: 3, stride: 2);
        Tensor second = F.MaxPool2d(conv4a.Call(conv3b.Call(first)), kernel: 3, stride: 2);
        Tensor third = mixed5And6.Aggregate(second, (h, block) => block.Call(h));
        Tensor last = mixed7.Aggregate(third, (h, block) => block.Call(h));
        Tensor features = F.AvgPool2d(last, Grid, stride: 1).Reshape([images.Shape[0], Features]);
        return [.. ((Tensor[])[first, second, third, features]).Select(y => F.Cast(y, dtype.Accumulator))];
    }

    /// <summary>Mean over 3 x 3 pixels, at the borders of those that there are.</summary>
    internal static Tensor MeanOfNeighbours(Tensor x) => F.AvgPool2d(x, kernel: 3, stride: 1, padding: 1, countIncludePad: false);
}
