namespace AlignT2I.FeedbackServer.Storage;

/// <summary>What became of a query.</summary>
internal enum QueryState
{
    /// <summary>Leased to its rater.</summary>
    Open,

    /// <summary>Answered; labels or a vote refer to it.</summary>
    Answered,

    /// <summary>The lease ran out. An answer still counts while nobody else has taken the place.</summary>
    Expired,

    /// <summary>Answered, then undone: the rows that undo it refer to it too.</summary>
    Undone,
}
