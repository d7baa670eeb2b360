using System.Text.Json.Serialization;
using AlignT2I.Files;

namespace AlignT2I.FeedbackServer.Storage;

/// <summary>Whether a rater gets work, and whether the labels count.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<RaterStatus>))]
internal enum RaterStatus
{
    /// <summary>Gets queries; the labels count.</summary>
    Active,

    /// <summary>Gets no new queries; the labels count.</summary>
    Paused,

    /// <summary>Is turned away; the labels stay stored and do not count.</summary>
    Excluded,
}
