using AlignT2I.Engine;

namespace AlignT2I.Bench.Elementwise;

/// <summary>The cases of <c>bench ops</c> that memory bounds: sizes of Stable Diffusion v1.5, and what memory itself gives.</summary>
internal static class ElementwiseCases
{
    const int Groups = 32;
    const float Eps = 1e-5f;

    public static IReadOnlyList<NamedCase> All { get; } = List(
        ("groupnorm_silu_320x64x64", name => GroupNormSilu(name, 64, 320, train: false)),
        ("groupnorm_silu_train_320x64x64", name => GroupNormSilu(name, 64, 320, train: true)),
        ("geglu_4096x2560", name => Geglu(name, train: false)),
        ("geglu_train_4096x2560", name => Geglu(name, train: true)),
        ("layernorm_4096x320", name => LayerNorm(name, train: false)),
        ("layernorm_train_4096x320", name => LayerNorm(name, train: true)),
        ("softmax_4096x4096", name => Softmax(name, train: false)),
        ("softmax_train_4096x4096", name => Softmax(name, train: true)),
        ("silu_320x64x64", name => Activation(name, [1, 64, 64, 320], F.Silu, Definitions.Silu)),
        ("gelu_320x64x64", name => Activation(name, [1, 64, 64, 320], F.Gelu, Definitions.Gelu)),
        ("quickgelu_257x4096", name => Activation(name, [257, 4096], F.QuickGelu, x => x / (1 + Math.Exp(-(double)1.702f * x)))),
        ("tanh_320x64x64", name => Activation(name, [1, 64, 64, 320], F.Tanh, Math.Tanh)),
        ("exp_320x64x64", name => Activation(name, [1, 64, 64, 320], F.Exp, Math.Exp)),
        ("add_320x64x64", name => Add(name, [1, 64, 64, 320])),
        ("add_16x1048576", name => Add(name, [16, 1 << 20])),
        ("add_32x16x16x48", name => Add(name, [32, 16, 16, 48])),
        ("add_per_channel_320x64x64", name => AddPerChannel(name, 64, 320)),
        ("concat_2x640x32x32", Concat),
        ("upsample_640x32x32", Upsample),
        ("mse_16x4x64x64", Mse),
        ("adamw_100m", name => new AdamWCase(name, 100_000_000)),
        ("memory_read_dram", name => new MemoryCase(name, MemoryWork.Read, MemoryCase.DramBytes)),
        ("memory_write_dram", name => new MemoryCase(name, MemoryWork.Write, MemoryCase.DramBytes)),
        ("memory_stream_dram", name => new MemoryCase(name, MemoryWork.Stream, MemoryCase.DramBytes)),
        ("memory_copy_dram", name => new MemoryCase(name, MemoryWork.Copy, MemoryCase.DramBytes)),
        ("memory_triad_dram", name => new MemoryCase(name, MemoryWork.Triad, MemoryCase.DramBytes)),
        ("memory_triad_stream_dram", name => new MemoryCase(name, MemoryWork.TriadStream, MemoryCase.DramBytes)),
        ("memory_read_l3", name => new MemoryCase(name, MemoryWork.Read, MemoryCase.SharedCacheBytes)),
        ("memory_write_l3", name => new MemoryCase(name, MemoryWork.Write, MemoryCase.SharedCacheBytes)),
        ("memory_copy_l3", name => new MemoryCase(name, MemoryWork.Copy, MemoryCase.SharedCacheBytes)),
        ("memory_triad_l3", name => new MemoryCase(name, MemoryWork.Triad, MemoryCase.SharedCacheBytes)));

    static IReadOnlyList<NamedCase> List(params (string Name, Func<string, BenchCase> Make)[] cases) =>
        [.. cases.Select(c => new NamedCase(c.Name, () => c.Make(c.Name)))];

    /// <summary>Forward reads x and writes y; backward reads x and dy and writes dx. The statistics' pass is the cache's.</summary>
    static ElementwiseCase GroupNormSilu(string name, int size, int channels, bool train)
    {
        Definitions.Norm norm = new(channels, channels / Groups, (long)size * size);
        return new ElementwiseCase(
            name, (train ? 20.0 : 8.0) * size * size * channels, [[1, size, size, channels], [channels], [channels]],
            t => F.GroupNormSilu(t[0], t[1], t[2], Groups, Eps), (v, i) => Definitions.Silu(norm.Output(v, i)),
            train ? norm.SiluGradient : null);
    }

    static ElementwiseCase LayerNorm(string name, bool train)
    {
        const int rows = 4096, columns = 320;
        Definitions.Norm norm = new(columns, columns, 1);
        return new ElementwiseCase(
            name, (train ? 20.0 : 8.0) * rows * columns, [[rows, columns], [columns], [columns]],
            t => F.LayerNorm(t[0], t[1], t[2], Eps), norm.Output, train ? norm.Gradient : null);
    }

    static ElementwiseCase Geglu(string name, bool train)
    {
        const int rows = 4096, width = 1280;
        return new ElementwiseCase(
            name, (train ? 32.0 : 12.0) * rows * width, [[rows, 2 * width]], t => F.Geglu(t[0]),
            (v, i) => v[0][i / width * 2 * width + i % width] * Definitions.Gelu(v[0][i / width * 2 * width + width + i % width]),
            !train ? null : (v, i) =>
            {
                long row = i / (2 * width), column = i % width, a = row * 2 * width + column;
                double slope = i == a ? Definitions.Gelu(v[0][a + width]) : v[0][a] * Definitions.GeluSlope(v[0][a + width]);
                return v[1][row * width + column] * slope;
            });
    }

    /// <summary>Forward reads x and writes y; backward reads y and dy and writes dx.</summary>
    static ElementwiseCase Softmax(string name, bool train)
    {
        const int rows = 4096, columns = 4096;
        static double Probability(float[] x, long i)
        {
            long start = i / columns * columns;
            double sum = 0;
            for (int c = 0; c < columns; c++) sum += Math.Exp(x[start + c]);
            return Math.Exp(x[i]) / sum;
        }

        return new ElementwiseCase(
            name, (train ? 20.0 : 8.0) * rows * columns, [[rows, columns]], t => F.Softmax(t[0]), (v, i) => Probability(v[0], i),
            !train ? null : (v, i) =>
            {
                long start = i / columns * columns;
                double mean = 0, sum = 0;
                for (int c = 0; c < columns; c++)
                {
                    sum += Math.Exp(v[0][start + c]);
                    mean += Math.Exp(v[0][start + c]) * v[1][start + c];
                }
                return Probability(v[0], i) * (v[1][i] - mean / sum);
            });
    }

    static ElementwiseCase Activation(string name, Shape shape, Func<Tensor, Tensor> forward, Func<double, double> definition) =>
        new(name, 8.0 * shape.Count, [shape], t => forward(t[0]), (v, i) => definition(v[0][i]));

    static ElementwiseCase Add(string name, Shape shape) =>
        new(name, 12.0 * shape.Count, [shape, shape], t => F.Add(t[0], t[1]), (v, i) => v[0][i] + v[1][i]);

    static ElementwiseCase AddPerChannel(string name, int size, int channels) =>
        new(name, 8.0 * size * size * channels, [[1, size, size, channels], [channels]],
            t => F.AddPerChannel(t[0], t[1]), (v, i) => v[0][i] + v[1][i % channels]);

    static ElementwiseCase Concat(string name)
    {
        const int channels = 640;
        Shape shape = [1, 32, 32, channels];
        return new ElementwiseCase(
            name, 16.0 * shape.Count, [shape, shape], t => F.Concat(t[0], t[1]),
            (v, i) => v[i / channels % 2][i / (2 * channels) * channels + i % channels]);
    }

    static ElementwiseCase Upsample(string name)
    {
        const int size = 32, channels = 640;
        return new ElementwiseCase(
            name, 20.0 * size * size * channels, [[1, size, size, channels]], t => F.UpsampleNearest2x(t[0]),
            (v, i) => v[0][(i / channels / (2 * size) / 2 * size + i / channels % (2 * size) / 2) * channels + i % channels]);
    }

    static ElementwiseCase Mse(string name)
    {
        Shape shape = [16, 64, 64, 4];
        return new ElementwiseCase(
            name, 20.0 * shape.Count, [shape, shape], t => F.MseLoss(t[0], t[1]),
            (v, _) => v[0].Zip(v[1], (a, b) => ((double)a - b) * ((double)a - b)).Average(),
            (v, i) => 2 * ((double)v[0][i] - v[1][i]) / shape.Count * v[2][0]);
    }
}
