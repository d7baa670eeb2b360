using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Bench.Networks;

/// <summary>Floating-point operations of a UNet's matrix products, convolutions and attention; nothing else counts.</summary>
internal sealed class UNetWork(UNet2DConditionConfig config, int tokens)
{
    /// <summary>Operations of one forward pass of one image, in 1e9.</summary>
    public double Gflop(int height, int width)
    {
        int[] channels = config.BlockOutChannels;
        double pixels = (double)height * width, total = 18 * pixels * channels[0] * (config.InChannels + config.OutChannels);
        total += 2.0 * config.TimeEmbedDim * (channels[0] + config.TimeEmbedDim);
        Stack<int> skips = new([channels[0]]);
        int c = channels[0];
        for (int level = 0; level < config.Levels; level++)
        {
            for (int i = 0; i < config.LayersPerBlock; i++)
            {
                total += Resnet(c, channels[level], pixels) + (config.DownAttends(level) ? Transformer(channels[level], pixels) : 0);
                skips.Push(c = channels[level]);
            }
            if (level == config.Levels - 1)
                break;
            pixels /= 4;
            total += 18 * pixels * c * c;
            skips.Push(c);
        }
        total += 2 * Resnet(c, c, pixels) + Transformer(c, pixels);
        for (int level = config.Levels - 1; level >= 0; level--)
        {
            for (int i = 0; i <= config.LayersPerBlock; i++)
            {
                total += Resnet(c + skips.Pop(), channels[level], pixels);
                total += config.UpAttends(level) ? Transformer(channels[level], pixels) : 0;
                c = channels[level];
            }
            if (level == 0)
                break;
            pixels *= 4;
            total += 18 * pixels * c * c;
        }
        return total * 1e-9;
    }

    double Resnet(int from, int to, double pixels) =>
        18 * pixels * to * (from + to) + (from == to ? 0 : 2 * pixels * from * to) + 2.0 * config.TimeEmbedDim * to;

    /// <summary>Projections in and out, self-attention, cross-attention, feed-forward.</summary>
    double Transformer(int c, double pixels)
    {
        double square = 2.0 * pixels * c * c;
        double self = 4 * square + 4 * pixels * pixels * c;
        double cross = 2 * square + 4.0 * tokens * config.CrossAttentionDim * c + 4 * pixels * tokens * c;
        return 2 * square + self + cross + 12 * square;
    }
}
