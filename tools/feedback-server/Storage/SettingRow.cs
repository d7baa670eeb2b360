namespace AlignT2I.FeedbackServer.Storage;

/// <summary>Something an administrator set.</summary>
internal sealed class SettingRow
{
    public required string Name { get; init; }

    public required string Value { get; set; }
}
