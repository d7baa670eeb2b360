using System.Text.Json.Serialization;
using AlignT2I.Files;

namespace AlignT2I.Training.Finetuning;

/// <summary>What becomes of the learning rate after the warm-up. In JSON the names are in camel case.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<LearningRateDecay>))]
public enum LearningRateDecay
{
    /// <summary>It stays: the paper's choice, for long trainings at a small rate.</summary>
    Constant,

    /// <summary>It falls in a line to zero at the last step.</summary>
    Linear,

    /// <summary>It falls in half a cosine to zero at the last step: for short trainings at a large rate.</summary>
    Cosine,
}
