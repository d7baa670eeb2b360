using static AlignT2I.Native.CudnnApi;
using static AlignT2I.Native.CudnnStatus;
using static AlignT2I.Native.CudnnValues;

namespace AlignT2I.Native;

/// <summary>A descriptor of the graph API: attributes are set, then it is finished, then it can be used and asked.</summary>
internal sealed unsafe class CudnnDescriptor : IDisposable
{
    readonly nint handle;

    public CudnnDescriptor(int type) => Check(cudnnBackendCreateDescriptor(type, out handle));

    public nint Handle => handle;

    public void Set(int name, int type, int value) => Set(name, type, 1, &value);

    public void Set(int name, long value) => Set(name, CUDNN_TYPE_INT64, 1, &value);

    public void Set(int name, float value) => Set(name, CUDNN_TYPE_FLOAT, 1, &value);

    public void Set(int name, bool value) => Set(name, CUDNN_TYPE_BOOLEAN, 1, &value);

    public void Set(int name, CudnnDescriptor value) => SetPointer(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, value.handle);

    public void SetPointer(int name, int type, nint value) => Set(name, type, 1, &value);

    public void Set(int name, ReadOnlySpan<long> values)
    {
        fixed (long* first = values)
            Set(name, CUDNN_TYPE_INT64, values.Length, first);
    }

    public void SetPointers(int name, int type, ReadOnlySpan<nint> values)
    {
        fixed (nint* first = values)
            Set(name, type, values.Length, first);
    }

    /// <summary>Finishes the descriptor.</summary>
    public CudnnDescriptor Finish()
    {
        Check(cudnnBackendFinalize(handle));
        return this;
    }

    /// <summary>Finishes the descriptor; the status where the library refuses.</summary>
    public int TryFinish() => cudnnBackendFinalize(handle);

    public long GetLong(int name)
    {
        long value;
        Check(cudnnBackendGetAttribute(handle, name, CUDNN_TYPE_INT64, 1, out _, &value));
        return value;
    }

    public int GetInt(int name, int type)
    {
        int value;
        Check(cudnnBackendGetAttribute(handle, name, type, 1, out _, &value));
        return value;
    }

    /// <summary>A list of enum values; no longer than the list given.</summary>
    public ReadOnlySpan<int> GetInts(int name, int type, Span<int> room)
    {
        fixed (int* first = room)
        {
            Check(cudnnBackendGetAttribute(handle, name, type, room.Length, out long count, first));
            return room[..(int)Math.Min(count, room.Length)];
        }
    }

    public long Count(int name)
    {
        Check(cudnnBackendGetAttribute(handle, name, CUDNN_TYPE_BACKEND_DESCRIPTOR, 0, out long count, null));
        return count;
    }

    /// <summary>Descriptors that this one holds, filled into fresh ones of a type; the caller ends them.</summary>
    /// <param name="name">The attribute.</param>
    /// <param name="type">Their type.</param>
    /// <param name="room">At least as many as it holds.</param>
    public CudnnDescriptor[] GetDescriptors(int name, int type, long room)
    {
        CudnnDescriptor[] items = new CudnnDescriptor[room];
        nint[] handles = new nint[room];
        for (int i = 0; i < items.Length; i++)
            handles[i] = (items[i] = new CudnnDescriptor(type)).handle;
        long count;
        fixed (nint* first = handles)
            Check(cudnnBackendGetAttribute(handle, name, CUDNN_TYPE_BACKEND_DESCRIPTOR, room, out count, first));
        for (long i = count; i < room; i++)
            items[i].Dispose();
        return items[..(int)count];
    }

    public void Dispose() => cudnnBackendDestroyDescriptor(handle);

    void Set(int name, int type, long count, void* values) =>
        Check(cudnnBackendSetAttribute(handle, name, type, count, values), $"cudnnBackendSetAttribute {name}");
}
