using AlignT2I.Engine;
using AlignT2I.Models.Clip;

namespace AlignT2I.Bench.Networks;

/// <summary>CLIP ViT-L/14's vision tower: an image to its embedding.</summary>
internal sealed class ClipVision : NetworkCase
{
    static readonly ClipVisionConfig config = new();

    readonly ParameterStore parameters;
    readonly ClipVisionModelWithProjection vision;
    readonly Tensor pixelValues;

    public ClipVision(string name, BenchNetworks networks, int batch, double reference = 0)
        : base(name, networks, [batch, config.ProjectionDim], reference)
    {
        Batch = batch;
        parameters = networks.Synthetic();
        vision = new ClipVisionModelWithProjection(parameters.Root, config);
        pixelValues = networks.Normal([batch, config.ImageSize, config.ImageSize, 3], 1);
    }

    public override int Batch { get; }

    /// <summary>Products, convolution and attention of 24 layers on 257 tokens.</summary>
    public override double Gflop => 162.0 * Batch;

    protected override Tensor Compute() => vision.Call(pixelValues)[^1];

    public override void Dispose()
    {
        pixelValues.Dispose();
        parameters.Dispose();
        base.Dispose();
    }
}
