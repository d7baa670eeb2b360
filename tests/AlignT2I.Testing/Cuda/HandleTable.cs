namespace AlignT2I.Testing;

/// <summary>Live objects of one kind by handle; a handle is never given twice.</summary>
internal sealed class HandleTable<T>(string kind) where T : class
{
    readonly Dictionary<nint, T> live = [];
    nint last;

    public IReadOnlyCollection<T> Live => live.Values;

    public nint Add(T item)
    {
        live.Add(++last, item);
        return last;
    }

    public T this[nint handle] => live.TryGetValue(handle, out T? item)
        ? item
        : throw new EmulationException(
            $"{kind} {handle} is used, which {(handle > 0 && handle <= last ? "was destroyed" : "never was")}.");

    public T Remove(nint handle)
    {
        T item = this[handle];
        live.Remove(handle);
        return item;
    }
}
