using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Parity;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Bench;

/// <summary>A forward pass of Stable Diffusion v1.5's UNet, its weights made or converted tensor by tensor.</summary>
internal sealed class UNetCase : BenchCase
{
    const int Tokens = 77;

    readonly UNet2DConditionConfig config = new();
    readonly ParameterStore parameters;
    readonly UNet2DCondition unet;
    readonly Tensor sample, timesteps, states;
    readonly int height, width;
    Tensor? first, last;

    /// <param name="height">Rows of the latents.</param>
    /// <param name="width">Columns of the latents.</param>
    /// <param name="batch">Images.</param>
    /// <param name="dtype">Type to compute in.</param>
    /// <param name="weights">The weights, a safetensors file; null for synthetic ones.</param>
    public UNetCase(int height, int width, int batch, DType dtype, string? weights)
    {
        (this.height, this.width, Batch) = (height, width, batch);
        using SafetensorsFile? file = weights is null ? null : SafetensorsFile.Open(weights);
        parameters = new ParameterStore(Backend.Cpu, dtype, file is null
            ? new SyntheticParameters(new SyntheticWeights(SyntheticVariant.V1, 7))
            : new SafetensorsParameters(file));
        unet = new UNet2DCondition(parameters.Root, config);
        parameters.Finish();
        sample = Normal([batch, height, width, config.InChannels], 1);
        states = Normal([batch, Tokens, config.CrossAttentionDim], 2);
        timesteps = Tensor.Full([batch], DType.F32, Backend.Cpu, 500).Persist();
    }

    public override string Name => $"unet_fwd_{height}x{width}_b{Batch}";

    public override string Dtype => parameters.DType.ToString().ToLowerInvariant();

    public override int Batch { get; }

    public override double Gflop => Batch * new UNetWork(config, Tokens).Gflop(height, width);

    public override void Run()
    {
        using Tape pause = Tape.Pause();
        last?.Dispose();
        last = unet.Call(sample, timesteps, states).Persist();
        first ??= last.Clone().Persist();
    }

    /// <summary>The same bits as the first run; and of the size that these weights keep activations at, 0.5 to 1.</summary>
    public override bool Check()
    {
        double square = 0;
        foreach (float value in last!.AsSpan<float>())
            square += (double)value * value;
        return first!.AsSpan<float>().SequenceEqual(last.AsSpan<float>()) && Math.Sqrt(square / last.Count) is > 0.3 and < 1.5;
    }

    public override void Dispose()
    {
        foreach (Tensor? tensor in (ReadOnlySpan<Tensor?>)[sample, timesteps, states, first, last])
            tensor?.Dispose();
        parameters.Dispose();
    }

    static Tensor Normal(Shape shape, ulong seed)
    {
        float[] values = new float[shape.Count];
        new Philox(seed).Normal(values);
        return Tensor.From(values, shape).Persist();
    }
}
