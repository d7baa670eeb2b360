using AlignT2I.FeedbackServer.Storage;
using Microsoft.EntityFrameworkCore;

namespace AlignT2I.FeedbackServer.Studies;

/// <summary>Rows that are to be stored together, in the order of the work that wrote them.</summary>
internal sealed class Journal
{
    readonly HashSet<object> added = new(ReferenceEqualityComparer.Instance);
    readonly HashSet<object> changed = new(ReferenceEqualityComparer.Instance);

    public bool IsEmpty => added.Count == 0 && changed.Count == 0;

    /// <summary>A new row.</summary>
    public T Add<T>(T row)
        where T : class
    {
        added.Add(row);
        return row;
    }

    /// <summary>A row that is stored already and has changed.</summary>
    public void Change(object row)
    {
        if (!added.Contains(row))
            changed.Add(row);
    }

    /// <summary>Stores all of it, or nothing.</summary>
    public void Store(StudyContext context)
    {
        context.ChangeTracker.AutoDetectChangesEnabled = false;
        context.AddRange(added);
        context.UpdateRange(changed);
        context.SaveChanges();
    }
}
