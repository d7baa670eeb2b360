using AlignT2I.Models.Clip;
using AlignT2I.Models.StableDiffusion;
using AlignT2I.WeightsConverter.Names;
using AlignT2I.WeightsConverter.Streaming;

namespace AlignT2I.WeightsConverter.Loading;

/// <summary>Reads the sizes of a model from the names and shapes of an LDM file.</summary>
/// <remarks>
/// What shapes cannot say is SD v1.5's: 32 groups of every group normalization, 8 attention heads of the UNet, 64 channels per head of
/// the text encoder, epsilons, sample sizes and the latents' scale 0.18215. Tensors that are missing are not guessed: the default there
/// is SD v1.5's, too.
/// </remarks>
internal static class LdmShapes
{
    /// <summary>Numbers of modules above this are no module's: a damaged name must not make a model of a billion layers.</summary>
    const int MostModules = 1000;

    /// <summary>Blocks of a UNet's way down; SD v1.5 has 12.</summary>
    const int MostBlocks = 128;

    /// <summary>The UNet's configuration.</summary>
    public static UNet2DConditionConfig UNet(TensorTable table)
    {
        var standard = new UNet2DConditionConfig();
        List<int> widths = [];
        List<bool> attends = [];
        List<int> layers = [];
        int layer = 0;
        bool attending = false;
        for (int block = 1; block < MostBlocks; block++)
        {
            string path = $"{LdmNames.UNetPrefix}input_blocks.{block}.";
            if (table.HasPrefix(path + "0.in_layers.") || table.HasPrefix(path + "0.out_layers."))
            {
                if (layer++ == 0)
                {
                    widths.Add(Rows(table.First(
                        path + "0.out_layers.3.weight", path + "0.out_layers.3.bias", path + "0.emb_layers.1.bias")));
                }
                attending |= table.HasPrefix(path + "1.");
                continue;
            }
            layers.Add(layer);
            attends.Add(attending);
            (layer, attending) = (0, false);
            if (!table.HasPrefix(path + "0.op."))
                break;
        }
        if (widths.Count == 0 || widths.Count != layers.Count || widths.Contains(0) || layers.Distinct().Count() > 1)
            return standard;
        return standard with
        {
            InChannels = Columns(table.First(LdmNames.UNetPrefix + "input_blocks.0.0.weight"), standard.InChannels),
            OutChannels = Rows(table.First(LdmNames.UNetPrefix + "out.2.weight"), standard.OutChannels),
            BlockOutChannels = [.. widths],
            LayersPerBlock = layers[0],
            DownBlockTypes = [.. attends.Select(a => a ? "CrossAttnDownBlock2D" : "DownBlock2D")],
            UpBlockTypes = [.. attends.AsEnumerable().Reverse().Select(a => a ? "CrossAttnUpBlock2D" : "UpBlock2D")],
            CrossAttentionDim = Columns(
                table.Tensors.FirstOrDefault(t => t.Name.EndsWith("attn2.to_k.weight", StringComparison.Ordinal)),
                standard.CrossAttentionDim),
        };
    }

    /// <summary>The autoencoder's configuration.</summary>
    public static AutoencoderKLConfig Vae(TensorTable table)
    {
        var standard = new AutoencoderKLConfig();
        string path = LdmNames.VaePrefix;
        int levels = Count(table, $"{path}encoder.down."), layers = Count(table, $"{path}encoder.down.0.block.");
        int[] widths = [.. Enumerable.Range(0, levels).Select(level => $"{path}encoder.down.{level}.block.0.")
            .Select(block => Rows(table.First(block + "conv1.weight", block + "conv2.weight", block + "conv1.bias")))];
        if (levels == 0 || layers == 0 || widths.Contains(0))
            return standard;
        return standard with
        {
            InChannels = Columns(table.First(path + "encoder.conv_in.weight"), standard.InChannels),
            OutChannels = Rows(table.First(path + "decoder.conv_out.weight"), standard.OutChannels),
            LatentChannels = Rows(table.First(path + "post_quant_conv.weight"), standard.LatentChannels),
            BlockOutChannels = widths,
            LayersPerBlock = layers,
            DownBlockTypes = [.. Enumerable.Repeat("DownEncoderBlock2D", levels)],
            UpBlockTypes = [.. Enumerable.Repeat("UpDecoderBlock2D", levels)],
        };
    }

    /// <summary>The text encoder's configuration.</summary>
    /// <param name="table">The file.</param>
    /// <param name="prefix">What its names have before <c>embeddings</c> and <c>encoder</c>.</param>
    public static ClipTextConfig Text(TensorTable table, string prefix)
    {
        var standard = new ClipTextConfig();
        ModelTensor? tokens = table.First(prefix + "embeddings.token_embedding.weight");
        int width = Columns(tokens, standard.HiddenSize), vocabulary = Rows(tokens, standard.VocabSize);
        int layers = Count(table, prefix + "encoder.layers.");
        return standard with
        {
            VocabSize = vocabulary,
            HiddenSize = width,
            ProjectionDim = width,
            IntermediateSize = Rows(table.First(prefix + "encoder.layers.0.mlp.fc1.weight"), 4 * width),
            NumHiddenLayers = layers > 0 ? layers : standard.NumHiddenLayers,
            NumAttentionHeads = Math.Max(1, width / ClipShapes.HeadDim),
            MaxPositionEmbeddings = Rows(table.First(prefix + "embeddings.position_embedding.weight"), standard.MaxPositionEmbeddings),
            BosTokenId = vocabulary - 2,
            EosTokenId = vocabulary - 1,
        };
    }

    /// <summary>Modules of a list: one more than the largest number after the prefix.</summary>
    public static int Count(TensorTable table, string prefix) => table.Names
        .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
        .Select(name => int.TryParse(name.AsSpan(prefix.Length, name.AsSpan(prefix.Length).IndexOf('.') is var end and >= 0 ? end : 0),
            out int n) ? n : -1)
        .Where(n => n < MostModules).DefaultIfEmpty(-1).Max() + 1;

    static int Rows(ModelTensor? tensor, int otherwise = 0) => tensor is { Shape.Count: >= 1 } ? (int)tensor.Shape[0] : otherwise;

    static int Columns(ModelTensor? tensor, int otherwise) => tensor is { Shape.Count: >= 2 } ? (int)tensor.Shape[1] : otherwise;
}
