using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Transforms the weights of a panel of result channels and packs them: 16 matrices [K, panel], one after the other.</summary>
internal static unsafe class WinogradWeights
{
    /// <summary>Positions of the kernel.</summary>
    public const int Positions = 9;

    /// <summary>Source channels transformed before they are transposed.</summary>
    const int Channels = 64;

    static int Width => TileGeometry<float>.PanelWidth;

    /// <summary>Weights [N, 3, 3, K]: the channels of the sum are the lanes, so each matrix is transposed.</summary>
    [SkipLocalsInit]
    public static void Pack(int k, float* weight, int column, int columns, int padded, float* to)
    {
        nint matrix = Width * Channels + Vector512<float>.Count;      // no power of two, lest the matrices share cache sets
        using Scratch<float> scratch = Scratch<float>.Rent(Winograd.Products * matrix);
        float* rows = scratch.Pointer;
        for (int first = 0; first < k; first += Channels, to += Channels * Width)
        {
            int channels = Math.Min(Channels, k - first);
            for (int i = 0; i < columns; i++)
            {
                float* from = weight + (nint)(column + i) * Positions * k + first;
                for (int c = 0; c < channels; c += Vector512<float>.Count)
                    WinogradTransform.Weight(from + c, k, channels - c, rows + i * Channels + c, matrix, Vector512<float>.Count);
            }
            for (int product = 0; product < Winograd.Products; product++)
            {
                PanelPacking<float>.CopyColumns(
                    rows + product * matrix, Channels, channels, columns, padded, to + product * PanelPacking<float>.PanelSize(k));
            }
        }
    }

    /// <summary>Weights [K, 3, 3, N], last position first: the channels of the result are the lanes.</summary>
    public static void PackTurned(int k, int n, float* weight, int column, int columns, int padded, float* to)
    {
        for (int c = 0; c < k; c++, to += Width)
        {
            float* last = weight + ((nint)c * Positions + Positions - 1) * n + column;
            for (int i = 0; i < columns; i += Vector512<float>.Count)
                WinogradTransform.Weight(last + i, -n, columns - i, to + i, PanelPacking<float>.PanelSize(k), padded - i);
        }
    }
}
