namespace AlignT2I.Engine.Backends.Cuda;

/// <summary>Device memory for one call; nothing where no bytes are asked for.</summary>
internal readonly ref struct CudaScratch(CudaAllocator allocator, long bytes)
{
    public nint Pointer { get; } = bytes == 0 ? 0 : allocator.Allocate(bytes);

    public void Dispose()
    {
        if (Pointer != 0)
            allocator.Free(Pointer);
    }
}
