using System.Runtime.InteropServices;

namespace AlignT2I.Native;

/// <summary>The functions of cuDNN's graph API, 8.9 to 9.</summary>
internal static unsafe partial class CudnnApi
{
    const string Library = "cudnn";

    [LibraryImport(Library)]
    public static partial nuint cudnnGetVersion();

    [LibraryImport(Library)]
    public static partial byte* cudnnGetErrorString(int status);

    [LibraryImport(Library)]
    public static partial int cudnnCreate(out nint handle);

    [LibraryImport(Library)]
    public static partial int cudnnDestroy(nint handle);

    [LibraryImport(Library)]
    public static partial int cudnnSetStream(nint handle, nint stream);

    [LibraryImport(Library)]
    public static partial int cudnnBackendCreateDescriptor(int type, out nint descriptor);

    [LibraryImport(Library)]
    public static partial int cudnnBackendDestroyDescriptor(nint descriptor);

    [LibraryImport(Library)]
    public static partial int cudnnBackendSetAttribute(nint descriptor, int name, int type, long count, void* values);

    [LibraryImport(Library)]
    public static partial int cudnnBackendGetAttribute(
        nint descriptor, int name, int type, long requested, out long count, void* values);

    [LibraryImport(Library)]
    public static partial int cudnnBackendFinalize(nint descriptor);

    [LibraryImport(Library)]
    public static partial int cudnnBackendExecute(nint handle, nint plan, nint variantPack);
}
