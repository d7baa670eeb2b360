namespace AlignT2I.WeightsConverter.Loading;

/// <summary>What can be wrong with a tensor of a model.</summary>
public enum TensorProblemKind
{
    /// <summary>The model needs it and the file lacks it.</summary>
    Missing,

    /// <summary>It has another shape than the model needs.</summary>
    Misshapen,

    /// <summary>The file has it and the model does not know it.</summary>
    Unexpected,
}
