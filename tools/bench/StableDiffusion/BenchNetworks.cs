using AlignT2I.Engine;
using AlignT2I.Models.Clip;
using AlignT2I.Models.Parity;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Bench.StableDiffusion;

/// <summary>The networks of Stable Diffusion v1.5 with synthetic weights on a device, each made when a case first needs it.</summary>
internal sealed class BenchNetworks(Backend backend, DType dtype) : IDisposable
{
    readonly List<ParameterStore> stores = [];
    UNet2DCondition? unet;
    AutoencoderKLDecoder? decoder;
    ClipVisionModelWithProjection? vision;

    public Backend Backend => backend;

    public DType DType => dtype;

    public UNet2DConditionConfig UNetConfig { get; } = new();

    public UNet2DCondition UNet => unet ??= new UNet2DCondition(Store().Root, UNetConfig);

    public AutoencoderKLDecoder Decoder => decoder ??= new AutoencoderKLDecoder(Store().Root, new AutoencoderKLConfig());

    public ClipVisionModelWithProjection Vision => vision ??= new ClipVisionModelWithProjection(Store().Root, new ClipVisionConfig());

    /// <summary>Parameters of a network that is trained: float32 masters where the type is half.</summary>
    public ParameterStore TrainedStore() => Store(masters: dtype != DType.F32);

    /// <summary>Normal numbers in float32, which networks take whatever they compute in.</summary>
    public Tensor Normal(Shape shape, ulong seed)
    {
        float[] values = new float[shape.Count];
        new Philox(seed).Normal(values);
        using MemoryScope scope = MemoryScope.Open();
        return Tensor.From(values, shape).To(backend).Persist();
    }

    /// <summary>A tensor full of one number.</summary>
    public Tensor Full(Shape shape, double value) => Tensor.Full(shape, DType.F32, backend, value).Persist();

    public void Dispose()
    {
        foreach (ParameterStore store in stores)
            store.Dispose();
    }

    ParameterStore Store(bool masters = false)
    {
        ParameterStore store = new(backend, dtype, new SyntheticParameters(new SyntheticWeights(SyntheticVariant.V1, 7)), masters);
        stores.Add(store);
        return store;
    }
}
