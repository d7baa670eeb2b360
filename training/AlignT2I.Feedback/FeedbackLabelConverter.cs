using System.Text.Json;
using System.Text.Json.Serialization;

namespace AlignT2I.Feedback;

/// <summary>Labels are words in the file, never numbers.</summary>
internal sealed class FeedbackLabelConverter()
    : JsonStringEnumConverter<FeedbackLabel>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);
