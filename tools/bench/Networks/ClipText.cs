using AlignT2I.Engine;
using AlignT2I.Models.Clip;

namespace AlignT2I.Bench.Networks;

/// <summary>CLIP ViT-L/14's text tower: a prompt to the states that the UNet reads.</summary>
internal sealed class ClipText : NetworkCase
{
    static readonly ClipTextConfig config = new();

    readonly ParameterStore parameters;
    readonly ClipTextModel text;
    readonly Tensor inputIds;

    public ClipText(string name, BenchNetworks networks, int batch, double reference = 0)
        : base(name, networks, [batch, config.MaxPositionEmbeddings, config.HiddenSize], reference)
    {
        Batch = batch;
        parameters = networks.Synthetic();
        text = new ClipTextModel(parameters.Root, config);
        var random = new Random(1);
        int[] ids = [.. Enumerable.Range(0, batch * config.MaxPositionEmbeddings).Select(_ => random.Next(config.VocabSize))];
        inputIds = Tensor.From(ids, [batch, config.MaxPositionEmbeddings], networks.Backend).Persist();
    }

    public override int Batch { get; }

    /// <summary>Products and attention of 12 layers on 77 tokens.</summary>
    public override double Gflop
    {
        get
        {
            double tokens = config.MaxPositionEmbeddings, width = config.HiddenSize;
            double products = 2 * tokens * width * (4 * width + 2.0 * config.IntermediateSize), attention = 4 * tokens * tokens * width;
            return 1e-9 * Batch * config.NumHiddenLayers * (products + attention);
        }
    }

    protected override Tensor Compute() => text.Call(inputIds);

    public override void Dispose()
    {
        inputIds.Dispose();
        parameters.Dispose();
        base.Dispose();
    }
}
