using AlignT2I.Engine;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Caching;

/// <summary>A table in a file that computes the rows it lacks, batch by batch, and keeps them.</summary>
/// <param name="path">The file; it is written again when rows have come.</param>
/// <param name="rowShape">Shape of one row.</param>
internal sealed class RowCache(string path, Shape rowShape)
{
    /// <summary>Rows between two writings of the file, so that an interruption loses little.</summary>
    const int SaveInterval = 4096;

    RowTable? table;

    /// <summary>The table with a row for each item, computing those that are missing.</summary>
    /// <param name="items">What rows are wanted of; their keys may repeat.</param>
    /// <param name="keyOf">Key of an item.</param>
    /// <param name="compute">Rows [n, ...] of a batch of items, float32, in the current scope.</param>
    /// <param name="batchSize">Items computed at a time.</param>
    /// <param name="stage">The work in words, for progress.</param>
    /// <param name="progress">Told after each batch.</param>
    /// <param name="cancellationToken">Ends the work after a batch; what has come is kept.</param>
    public RowTable Ensure<T>(
        IReadOnlyList<T> items, Func<T, string> keyOf, Func<IReadOnlyList<T>, Tensor> compute, int batchSize,
        string stage, IProgress<StageProgress>? progress, CancellationToken cancellationToken)
    {
        table ??= RowTable.LoadOrEmpty(path, rowShape);
        T[] missing = [.. items.Where(i => !table.Has(keyOf(i))).DistinctBy(keyOf)];
        int unsaved = 0;
        try
        {
            for (int start = 0; start < missing.Length; start += batchSize)
            {
                cancellationToken.ThrowIfCancellationRequested();
                T[] batch = missing[start..Math.Min(start + batchSize, missing.Length)];
                AddBatch(batch, keyOf, compute);
                unsaved += batch.Length;
                progress?.Report(new StageProgress(stage, start + batch.Length, missing.Length, "row"));
                if (unsaved >= SaveInterval)
                    Save(ref unsaved);
            }
        }
        finally
        {
            if (unsaved > 0)
                Save(ref unsaved);
        }
        return table;
    }

    void AddBatch<T>(T[] batch, Func<T, string> keyOf, Func<IReadOnlyList<T>, Tensor> compute)
    {
        using MemoryScope scope = MemoryScope.Open();
        using Tape pause = Tape.Pause();
        ReadOnlySpan<float> rows = compute(batch).ToArray<float>();
        for (int i = 0; i < batch.Length; i++)
            table!.Add(keyOf(batch[i]), rows.Slice(i * table.Width, table.Width));
    }

    void Save(ref int unsaved)
    {
        RunFolder.Make(Path.GetDirectoryName(path)!);
        table!.Save(path);
        unsaved = 0;
    }
}
