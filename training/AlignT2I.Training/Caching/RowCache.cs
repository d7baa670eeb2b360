using AlignT2I.Engine;
using AlignT2I.Files;

namespace AlignT2I.Training.Caching;

/// <summary>
/// A table in a folder that computes the rows it lacks, batch by batch; each batch is on the disk before the next is computed.
/// </summary>
/// <param name="folder">The table's folder.</param>
/// <param name="rowShape">Shape of one row.</param>
/// <param name="dtype">What the rows are kept in: float32, bfloat16 or float16.</param>
public sealed class RowCache(string folder, Shape rowShape, DType dtype = DType.F32) : IDisposable
{
    RowTable? table;

    /// <summary>Whether there are rows of all these keys.</summary>
    /// <exception cref="FileFormatException">The table is damaged.</exception>
    internal bool Has(IEnumerable<string> keys) => keys.All(Current().Has);

    /// <summary>The table with a row for each item, computing those that are missing.</summary>
    /// <param name="items">What rows are wanted of; their keys may repeat.</param>
    /// <param name="keyOf">Key of an item.</param>
    /// <param name="compute">Rows [n, ...] of a batch of items, float32, in the current scope.</param>
    /// <param name="batchSize">Items computed at a time.</param>
    /// <param name="stage">The work in words, for progress.</param>
    /// <param name="progress">Told after each batch.</param>
    /// <param name="cancellationToken">Ends the work after a batch; what has come is kept.</param>
    /// <exception cref="FileFormatException">The table is damaged, or an item is.</exception>
    /// <exception cref="StorageException">The table cannot be written.</exception>
    /// <exception cref="UsageException">A row is not of finite numbers; those of the batches before are kept.</exception>
    public RowTable Ensure<T>(
        IReadOnlyList<T> items, Func<T, string> keyOf, Func<IReadOnlyList<T>, Tensor> compute, int batchSize,
        string stage, IProgress<StageProgress>? progress, CancellationToken cancellationToken)
    {
        RowTable table = Current();
        T[] missing = [.. items.Where(i => !table.Has(keyOf(i))).DistinctBy(keyOf)];
        for (int start = 0; start < missing.Length; start += batchSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            T[] batch = missing[start..Math.Min(start + batchSize, missing.Length)];
            using MemoryScope scope = MemoryScope.Open();
            using Tape pause = Tape.Pause();
            string[] keys = [.. batch.Select(keyOf)];
            float[] rows = compute(batch).ToArray<float>();
            if (Array.FindIndex(rows, v => !float.IsFinite(v)) is >= 0 and var bad)
            {
                throw new UsageException($"{folder}: what the model makes of '{keys[bad / table.Width]}' is not of finite numbers; "
                    + "its weights are damaged, or that input is.");
            }
            table.Add(keys, rows);
            progress?.Report(new StageProgress(stage, start + batch.Length, missing.Length, "row"));
        }
        return table;
    }

    /// <summary>Closes the table that <see cref="Ensure"/> gave.</summary>
    public void Dispose() => table?.Dispose();

    /// <summary>The table, with the rows that others have added.</summary>
    RowTable Current()
    {
        table ??= RowTable.Open(folder, rowShape, dtype);
        table.Refresh();
        return table;
    }
}
