namespace AlignT2I.Engine.Backends.Cuda;

/// <summary>Free blocks of device memory by size. A recorded step has a pool of its own: nothing else may write where it will write
/// again.</summary>
internal sealed class CudaPool
{
    readonly Dictionary<long, Stack<nint>> free = [];

    public bool TryTake(long size, out nint block)
    {
        block = 0;
        return free.TryGetValue(size, out Stack<nint>? blocks) && blocks.TryPop(out block);
    }

    public void Put(long size, nint block)
    {
        if (!free.TryGetValue(size, out Stack<nint>? blocks))
            free.Add(size, blocks = new Stack<nint>());
        blocks.Push(block);
    }

    /// <summary>Takes all free blocks out.</summary>
    public List<(nint Block, long Size)> Empty()
    {
        List<(nint, long)> all = [.. free.SelectMany(entry => entry.Value.Select(block => (block, entry.Key)))];
        free.Clear();
        return all;
    }
}
