namespace AlignT2I.Engine.Tests.Cuda;

/// <summary>Training of a network with all that a UNet's step asks of the libraries and of our kernels.</summary>
internal static class SmallTraining
{
    const int Side = 8, Channels = 32, Heads = 4;

    /// <summary>
    /// Five steps in bfloat16 with float32 masters: convolution, normalization, attention, a linear layer, their gradients, clipping,
    /// AdamW with averages; the learning rate changes.
    /// </summary>
    /// <param name="cuda">Where.</param>
    /// <param name="recorded">Whether the step is recorded.</param>
    /// <returns>All parameters and averages.</returns>
    public static float[] Run(Backend cuda, bool recorded)
    {
        using var store = new ParameterStore(cuda, DType.BF16, new RandomParameters(1), masters: true);
        var convolution = new Conv2d(store.Root["convolution"], 5, Channels, kernel: 3, padding: 1);
        var norm = new GroupNorm(store.Root["norm"], groups: 4, Channels, eps: 1e-5f);
        var linear = new Linear(store.Root["linear"], Channels, 3);
        store.RequireGrad();
        store.ZeroGrad();
        using var optimizer = new AdamW(store.Parameters);
        using var average = new Ema(store.Parameters, 0.5);
        using Tensor x = Tensor.Zeros([2, Side, Side, 5], DType.F32, cuda).Persist();
        using RecordedWork step = cuda.Record(Step);
        for (int i = 0; i < 5; i++)
        {
            x.Write<float>([.. Enumerable.Range(0, (int)x.Count).Select(k => MathF.Sin(k + i))]);
            optimizer.Prepare(1e-2 / (i + 1), average: average);
            if (recorded)
                step.Run();
            else
            {
                using MemoryScope scope = MemoryScope.Open();
                Step();
            }
        }

        return [.. store.Parameters.Concat(average.Averages).SelectMany(p => p.Value.ToArray<float>())];

        void Step()
        {
            using (Tape tape = Tape.Open())
            {
                Tensor tokens = F.Silu(norm.Call(convolution.Call(F.Cast(x, DType.BF16)))).Reshape([2, Side * Side, Channels]);
                Tensor y = linear.Call(F.ScaledDotProductAttention(tokens, tokens, tokens, Heads));
                tape.Backward(F.MseLoss(y, Tensor.Zeros(y.Shape, y.DType, cuda)));
            }

            optimizer.Apply(new GradientClip(GradientNorm.Squared(store.Parameters)!, 0.1));
            store.ZeroGrad();
        }
    }
}
