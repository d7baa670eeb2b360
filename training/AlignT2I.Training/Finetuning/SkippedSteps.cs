using System.Globalization;

namespace AlignT2I.Training.Finetuning;

/// <summary>Counts the updates that changed nothing since their gradients were not finite, in all and in a row.</summary>
internal sealed class SkippedSteps
{
    const string TotalKey = "skipped.total", InARowKey = "skipped.inARow";

    /// <summary>Updates skipped in all.</summary>
    public long Total { get; private set; }

    /// <summary>Updates skipped since the last that was done.</summary>
    public int InARow { get; private set; }

    /// <summary>The state by name, for a checkpoint's metadata.</summary>
    public IReadOnlyDictionary<string, string> State => new Dictionary<string, string>
    {
        [TotalKey] = Total.ToString(CultureInfo.InvariantCulture),
        [InARowKey] = InARow.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Takes an update into the count.</summary>
    /// <param name="done">Whether its gradients were finite.</param>
    public void Count(bool done)
    {
        InARow = done ? 0 : InARow + 1;
        Total += done ? 0 : 1;
    }

    /// <summary>Goes on where <see cref="State"/> was read.</summary>
    /// <returns>Whether the dictionary holds it.</returns>
    public bool TryRestore(IReadOnlyDictionary<string, string> state)
    {
        if (!long.TryParse(state.GetValueOrDefault(TotalKey), NumberStyles.None, CultureInfo.InvariantCulture, out long total)
            || !int.TryParse(state.GetValueOrDefault(InARowKey), NumberStyles.None, CultureInfo.InvariantCulture, out int inARow))
            return false;
        (Total, InARow) = (total, inARow);
        return true;
    }
}
