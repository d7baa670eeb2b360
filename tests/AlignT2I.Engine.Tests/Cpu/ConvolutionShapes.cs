using AlignT2I.Engine.Backends.Cpu;

namespace AlignT2I.Engine.Tests.Cpu;

internal static class ConvolutionShapes
{
    /// <summary>3 x 3 kernels and stride 1: what squares of 2 x 2 results can do.</summary>
    public static readonly object[] InSquares =
    [
        new ConvolutionShape(1, 1, 1, 3, 2, 3, 3, 1, 1),
        new ConvolutionShape(2, 5, 7, 33, 50, 3, 3, 1, 1),
        new ConvolutionShape(3, 8, 8, 32, 48, 3, 3, 1, 1),
        new ConvolutionShape(1, 33, 40, 17, 64, 3, 3, 1, 1),
        new ConvolutionShape(17, 3, 3, 70, 35, 3, 3, 1, 1),
        new ConvolutionShape(1, 6, 9, 40, 130, 3, 3, 1, 0),
        new ConvolutionShape(1, 5, 6, 34, 49, 3, 3, 1, new Padding2d(2, 0, 1, 3)),
        new ConvolutionShape(1, 4, 5, 32, 32, 3, 3, 1, 4),
        new ConvolutionShape(1, 14, 13, 200, 260, 3, 3, 1, 1),
        new ConvolutionShape(4, 25, 22, 33, 36, 3, 3, 1, 1),
        new ConvolutionShape(0, 4, 4, 32, 40, 3, 3, 1, 1),
    ];

    public static readonly object[] All =
    [
        .. InSquares,
        new ConvolutionShape(1, 1, 1, 1, 1, 1, 1, 1, 0),
        new ConvolutionShape(2, 5, 7, 3, 4, 3, 3, 1, 1),
        new ConvolutionShape(3, 8, 8, 16, 48, 3, 3, 1, 1),
        new ConvolutionShape(2, 4, 4, 5, 9, 3, 3, 2, 1),
        new ConvolutionShape(2, 9, 6, 4, 50, 3, 3, 2, new Padding2d(0, 1, 0, 1)),
        new ConvolutionShape(1, 6, 5, 70, 3, 1, 1, 1, 0),
        new ConvolutionShape(2, 6, 5, 7, 3, 1, 1, 2, 0),
        new ConvolutionShape(1, 40, 33, 3, 8, 5, 4, 1, new Padding2d(2, 1, 0, 3)),
        new ConvolutionShape(1, 12, 12, 3, 10, 4, 4, 4, 0),
        new ConvolutionShape(17, 3, 3, 6, 11, 3, 3, 1, 1),
        new ConvolutionShape(1, 7, 300, 2, 3, 3, 3, 1, 1),
        new ConvolutionShape(1, 6, 6, 2, 3, 3, 3, 1, 4),
        new ConvolutionShape(1, 5, 5, 2, 3, 2, 2, 3, new Padding2d(1, 0, 2, 0)),
        new ConvolutionShape(1, 6, 6, 40, 400, 3, 3, 1, 1),
        new ConvolutionShape(2, 20, 20, 250, 250, 3, 3, 2, 1),
        new ConvolutionShape(2, 4, 3, 0, 5, 3, 3, 1, 1),
        new ConvolutionShape(2, 4, 3, 5, 0, 3, 3, 1, 1),
        new ConvolutionShape(3, 13, 11, 5, 0, 3, 3, 1, 1),
    ];
}
