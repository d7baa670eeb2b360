using System.Text.Json.Serialization;
using AlignT2I.Files;

namespace AlignT2I.Training.Finetuning;

/// <summary>Which images fine-tuning learns from (Lee et al. 2023, Fig. 5). In JSON the names are in camel case.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<FinetuneMix>))]
public enum FinetuneMix
{
    /// <summary>Images with labels, weighted by the learned reward, and no pre-training loss.</summary>
    HumanOnly,

    /// <summary>Images with and without labels, weighted by the learned reward, and no pre-training loss.</summary>
    WithUnlabeled,

    /// <summary>Images with and without labels, and the pre-training loss: all of eq. 4.</summary>
    Full,
}
