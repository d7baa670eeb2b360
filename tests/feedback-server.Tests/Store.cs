namespace AlignT2I.FeedbackServer.Tests;

/// <summary>The databases that a study can be stored in.</summary>
public enum Store
{
    Sqlite,
    Postgres,
}
