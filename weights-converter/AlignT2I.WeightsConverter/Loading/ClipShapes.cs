using AlignT2I.Models.Clip;
using AlignT2I.WeightsConverter.Streaming;

namespace AlignT2I.WeightsConverter.Loading;

/// <summary>Reads the sizes of CLIP from the shapes of OpenAI's tensors.</summary>
/// <remarks>OpenAI's models have 64 channels per attention head, quick GELU and epsilon 1e-5; shapes do not say so.</remarks>
internal static class ClipShapes
{
    /// <summary>Channels of an attention head in every CLIP of OpenAI.</summary>
    public const int HeadDim = 64;

    /// <summary>The configuration; ViT-L/14's where a tensor that tells is missing.</summary>
    public static ClipConfig OpenAi(TensorTable table)
    {
        var standard = new ClipConfig();
        ModelTensor? tokens = Matrix("token_embedding.weight"), positions = Matrix("positional_embedding");
        ModelTensor? visionPositions = Matrix("visual.positional_embedding"), patches = table.First("visual.conv1.weight");
        int textWidth = Size(tokens, 1, standard.TextConfig.HiddenSize), vocabulary = Size(tokens, 0, standard.TextConfig.VocabSize);
        int visionWidth = Size(visionPositions, 1, standard.VisionConfig.HiddenSize);
        int patch = Size(patches, 2, standard.VisionConfig.PatchSize);
        int grid = (int)Math.Sqrt(Size(visionPositions, 0, standard.VisionConfig.Tokens) - 1);
        int projection = Size(Matrix("text_projection"), 1, standard.ProjectionDim);
        return standard with
        {
            ProjectionDim = projection,
            TextConfig = standard.TextConfig with
            {
                VocabSize = vocabulary,
                HiddenSize = textWidth,
                ProjectionDim = projection,
                IntermediateSize = Size(Matrix("transformer.resblocks.0.mlp.c_fc.weight"), 0, 4 * textWidth),
                NumHiddenLayers = Layers("transformer.resblocks.", standard.TextConfig.NumHiddenLayers),
                NumAttentionHeads = Math.Max(1, textWidth / HeadDim),
                MaxPositionEmbeddings = Size(positions, 0, standard.TextConfig.MaxPositionEmbeddings),
                BosTokenId = vocabulary - 2,
                EosTokenId = vocabulary - 1,
            },
            VisionConfig = standard.VisionConfig with
            {
                HiddenSize = visionWidth,
                ProjectionDim = projection,
                IntermediateSize = Size(Matrix("visual.transformer.resblocks.0.mlp.c_fc.weight"), 0, 4 * visionWidth),
                NumHiddenLayers = Layers("visual.transformer.resblocks.", standard.VisionConfig.NumHiddenLayers),
                NumAttentionHeads = Math.Max(1, visionWidth / HeadDim),
                NumChannels = Size(patches, 1, standard.VisionConfig.NumChannels),
                PatchSize = patch,
                ImageSize = grid * patch,
            },
        };

        ModelTensor? Matrix(string name) => table.First(name) is { Shape.Count: 2 } tensor ? tensor : null;

        int Layers(string prefix, int otherwise) => LdmShapes.Count(table, prefix) is var n and > 0 ? n : otherwise;

        static int Size(ModelTensor? tensor, int axis, int otherwise) => tensor?.Shape.Count > axis ? (int)tensor.Shape[axis] : otherwise;
    }
}
