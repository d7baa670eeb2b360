namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>
/// The indices of a loop, handed out to its threads: those of a group of threads get neighbouring ones, whose data they share in their
/// cache, and when these are done those that other groups have not come to.
/// </summary>
/// <param name="count">Number of indices.</param>
/// <param name="threads">Number of threads of each group, one of them at least above 0.</param>
internal sealed class LoopIndices(int count, int[] threads)
{
    /// <summary>Elements from one group's counter to the next: two cache lines, so that groups do not wait for each other.</summary>
    const int Stride = 128 / sizeof(int);

    readonly int[] taken = new int[(threads.Length - 1) * Stride + 1];
    readonly int total = threads.Sum();

    /// <summary>The next index for a thread of a group, in increasing order within each group's part; -1 when none is left.</summary>
    public int Next(int group)
    {
        for (int i = 0; i < threads.Length; i++)
        {
            int part = (group + i) % threads.Length;
            (int first, int size) = Part(part);
            ref int next = ref taken[part * Stride];
            if (Volatile.Read(ref next) >= size) continue;
            int place = Interlocked.Increment(ref next) - 1;
            if (place < size) return first + place;
        }
        return -1;
    }

    (int First, int Size) Part(int part)
    {
        if (threads.Length == 1) return (0, count);
        int before = 0;
        for (int i = 0; i < part; i++) before += threads[i];
        int first = (int)((long)count * before / total), end = (int)((long)count * (before + threads[part]) / total);
        return (first, end - first);
    }
}
