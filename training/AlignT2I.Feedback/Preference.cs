using System.Text.Json.Serialization;
using AlignT2I.Files;

namespace AlignT2I.Feedback;

/// <summary>Which of two sets is better.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<Preference>))]
public enum Preference
{
    /// <summary>Neither.</summary>
    Tie,

    /// <summary>The first: on a rater's page the left one, in storage that of the comparison's first model.</summary>
    First,

    /// <summary>The second.</summary>
    Second,
}
