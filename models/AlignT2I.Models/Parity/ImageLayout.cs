using AlignT2I.Engine;

namespace AlignT2I.Models.Parity;

/// <summary>Between the channels-first images of recordings and the engine's channels-last ones.</summary>
internal static class ImageLayout
{
    /// <summary>[N, C, H, W] to [N, H, W, C].</summary>
    /// <param name="values">The elements.</param>
    /// <param name="shape">[N, C, H, W].</param>
    public static double[] ToChannelsLast(double[] values, Shape shape) => Transpose(values, shape[0], shape[1], shape[2] * shape[3]);

    /// <summary>[N, H, W, C] to [N, C, H, W].</summary>
    /// <param name="values">The elements.</param>
    /// <param name="shape">[N, H, W, C].</param>
    public static double[] ToChannelsFirst(double[] values, Shape shape) => Transpose(values, shape[0], shape[1] * shape[2], shape[3]);

    static double[] Transpose(double[] values, int images, int rows, int columns)
    {
        double[] y = new double[values.Length];
        for (int n = 0; n < images; n++)
            for (int r = 0; r < rows; r++)
                for (int c = 0; c < columns; c++)
                    y[(n * columns + c) * rows + r] = values[(n * rows + r) * columns + c];
        return y;
    }
}
