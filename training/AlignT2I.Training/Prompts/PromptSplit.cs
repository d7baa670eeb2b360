using System.Text.Json.Serialization;
using AlignT2I.Files;

namespace AlignT2I.Training.Prompts;

/// <summary>Which set a prompt belongs to. In JSON the names are in camel case.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<PromptSplit>))]
public enum PromptSplit
{
    /// <summary>A caption of a pre-training picture.</summary>
    Pretrain,

    /// <summary>A prompt whose pictures are judged to train the reward and the model.</summary>
    Train,

    /// <summary>An evaluation prompt, not in training, about an object that training prompts speak of.</summary>
    Seen,

    /// <summary>An evaluation prompt about an object that no training prompt speaks of.</summary>
    Unseen,
}
