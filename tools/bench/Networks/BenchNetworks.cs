using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Parity;

namespace AlignT2I.Bench.Networks;

/// <summary>Where the networks of a case compute, in which type, and where their weights come from.</summary>
/// <param name="Backend">The device.</param>
/// <param name="DType">The type; float64 is what the references of the checks were taken in.</param>
/// <param name="Weights">Weights of Stable Diffusion v1.5's UNet, a safetensors file; null for synthetic ones.</param>
internal sealed record BenchNetworks(Backend Backend, DType DType, string? Weights = null)
{
    const ulong WeightsSeed = 7;

    /// <summary>Parameters with synthetic values: float32 masters too where a half type is trained.</summary>
    public ParameterStore Synthetic(bool trained = false) => new(
        Backend, DType, new SyntheticParameters(new SyntheticWeights(SyntheticVariant.V1, WeightsSeed)),
        masters: trained && DType.IsHalf);

    /// <summary>Parameters of Stable Diffusion v1.5's UNet.</summary>
    /// <exception cref="FileFormatException">The file is no safetensors file.</exception>
    public ParameterStore UNet(Action<ParameterStore> build)
    {
        if (Weights is null)
        {
            ParameterStore synthetic = Synthetic();
            build(synthetic);
            return synthetic;
        }
        using SafetensorsFile file = SafetensorsFile.Open(Weights);
        var store = new ParameterStore(Backend, DType, new SafetensorsParameters(file));
        build(store);
        store.Finish();
        return store;
    }

    /// <summary>Normal numbers in float32, which networks take whatever they compute in but float64.</summary>
    public Tensor Normal(Shape shape, ulong seed)
    {
        float[] values = new float[shape.Count];
        new Philox(seed).Normal(values);
        using MemoryScope scope = MemoryScope.Open();
        return F.Cast(Tensor.From(values, shape), DType.Accumulator).To(Backend).Persist();
    }

    /// <summary>A tensor full of one number.</summary>
    public Tensor Full(Shape shape, double value) => Tensor.Full(shape, DType.Accumulator, Backend, value).Persist();
}
