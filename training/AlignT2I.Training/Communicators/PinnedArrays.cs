using System.Runtime.InteropServices;

namespace AlignT2I.Training.Communicators;

/// <summary>Holds arrays where they are while native code reads and writes them.</summary>
internal sealed class PinnedArrays : IDisposable
{
    readonly List<GCHandle> handles = [];

    /// <summary>Address and number of bytes.</summary>
    public (nint, int) Of(byte[] array)
    {
        GCHandle handle = GCHandle.Alloc(array, GCHandleType.Pinned);
        handles.Add(handle);
        return (handle.AddrOfPinnedObject(), array.Length);
    }

    public void Dispose()
    {
        foreach (GCHandle handle in handles)
            handle.Free();
    }
}
