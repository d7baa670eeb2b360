namespace AlignT2I.WeightsConverter.Loading;

/// <summary>CLIP as OpenAI publishes it: a TorchScript archive, or a state dict of the same names.</summary>
internal sealed class OpenAiClip : ClipWeights
{
    /// <summary>Numbers that the archives keep beside the weights.</summary>
    static readonly string[] numbers = ["context_length", "vocab_size", "input_resolution"];

    public OpenAiClip(TensorTable table) : base(table.Path, ModelKind.OpenAiClip)
    {
        Config = ClipShapes.OpenAi(table);
        Config.Validate(table.Path);
        var reader = new ComponentReader(table);
        Add("", WeightsName, reader.Read("clip", Outline, OpenAiNaming));
        reader.Finish("clip", numbers.Contains);
        AddProblems(reader);
        Own(table);
    }
}
