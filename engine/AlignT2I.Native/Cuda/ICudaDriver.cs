namespace AlignT2I.Native;

/// <summary>The driver's seam: devices, streams, memory, kernels, graphs. Calls act on the thread's current context.</summary>
/// <remarks>
/// Device pointers are <see cref="nint"/>. What takes a stream is queued there and returns at once; memory given to such a call
/// must stay until the stream has passed it.
/// </remarks>
/// <exception cref="CudaException">The driver refused a call; every method can throw it.</exception>
public interface ICudaDriver
{
    /// <summary>The CUDA version that the driver speaks, such as 12.8.</summary>
    Version Version { get; }

    /// <summary>Number of devices that this process sees.</summary>
    int DeviceCount { get; }

    /// <summary>A device's name, such as <c>NVIDIA H100 80GB HBM3</c>.</summary>
    string DeviceName(int device);

    /// <summary>A property of a device.</summary>
    int DeviceAttribute(int device, CudaDeviceAttribute attribute);

    /// <summary>The device's primary context, created at the first call; each needs a <see cref="ReleasePrimaryContext"/>.</summary>
    CudaContext RetainPrimaryContext(int device);

    /// <summary>Gives the primary context back; the last one ends it.</summary>
    void ReleasePrimaryContext(int device);

    /// <summary>Makes a context the calling thread's.</summary>
    void MakeCurrent(CudaContext context);

    /// <summary>Waits for all work of the context.</summary>
    void Synchronize();

    /// <summary>Free and total bytes of the device's memory.</summary>
    (long Free, long Total) MemoryInfo();

    /// <summary>A stream that does not wait for the context's own.</summary>
    CudaStream CreateStream();

    /// <summary>Ends a stream once its work is done.</summary>
    void DestroyStream(CudaStream stream);

    /// <summary>Waits for a stream's work.</summary>
    void Synchronize(CudaStream stream);

    /// <summary>Makes a stream wait for an event.</summary>
    void Wait(CudaStream stream, CudaEvent mark);

    /// <summary>An event; with <paramref name="timing"/> for <see cref="ElapsedMilliseconds"/>.</summary>
    CudaEvent CreateEvent(bool timing = false);

    /// <summary>Ends an event.</summary>
    void DestroyEvent(CudaEvent mark);

    /// <summary>Puts an event behind the stream's work so far.</summary>
    void Record(CudaEvent mark, CudaStream stream);

    /// <summary>Waits until the event is reached.</summary>
    void Synchronize(CudaEvent mark);

    /// <summary>Whether the event has been reached.</summary>
    bool IsReached(CudaEvent mark);

    /// <summary>Time between two reached events.</summary>
    float ElapsedMilliseconds(CudaEvent start, CudaEvent end);

    /// <summary>Device memory, aligned to at least 256 bytes, for use in the stream's order.</summary>
    /// <param name="bytes">At least 1.</param>
    /// <param name="stream">From here on the memory may be used in this stream; not while it is captured.</param>
    /// <exception cref="CudaException"><see cref="CudaException.IsOutOfMemory"/>: there is not as much left.</exception>
    nint Allocate(long bytes, CudaStream stream);

    /// <summary>Gives device memory back once the stream has passed this point.</summary>
    void Free(nint pointer, CudaStream stream);

    /// <summary>Gives memory that the driver holds for later allocations back, down to <paramref name="keepBytes"/>.</summary>
    void TrimMemory(int device, long keepBytes);

    /// <summary>Host memory that the device reaches directly: what asynchronous copies need.</summary>
    nint AllocatePinned(long bytes);

    /// <summary>Frees pinned host memory.</summary>
    void FreePinned(nint host);

    /// <summary>Copies host to device.</summary>
    void CopyToDevice(nint device, nint host, long bytes, CudaStream stream);

    /// <summary>Copies device to host.</summary>
    void CopyToHost(nint host, nint device, long bytes, CudaStream stream);

    /// <summary>Copies within the device; the ranges do not overlap.</summary>
    void CopyOnDevice(nint to, nint from, long bytes, CudaStream stream);

    /// <summary>Sets every byte.</summary>
    void SetBytes(nint device, byte value, long bytes, CudaStream stream);

    /// <summary>Loads what <see cref="INvrtc"/> compiled.</summary>
    CudaModule LoadModule(ReadOnlySpan<byte> image);

    /// <summary>Unloads a module; its functions end with it.</summary>
    void UnloadModule(CudaModule module);

    /// <summary>A kernel by its name.</summary>
    CudaFunction Function(CudaModule module, string name);

    /// <summary>Allows a kernel more than 48 KB of dynamic shared memory.</summary>
    /// <param name="function">The kernel.</param>
    /// <param name="bytes">At most <see cref="CudaDeviceAttribute.MaxSharedMemoryPerBlockOptin"/>.</param>
    void SetDynamicSharedMemory(CudaFunction function, int bytes);

    /// <summary>Queues a kernel.</summary>
    /// <param name="function">The kernel.</param>
    /// <param name="shape">Blocks and threads; no dimension is zero.</param>
    /// <param name="arguments">One per parameter, of the parameter's size.</param>
    /// <param name="stream">Where.</param>
    void Launch(CudaFunction function, in LaunchShape shape, ReadOnlySpan<KernelArg> arguments, CudaStream stream);

    /// <summary>From here on the stream's work is recorded instead of done. No allocation, no synchronization until the end.</summary>
    void BeginCapture(CudaStream stream);

    /// <summary>Ends the recording.</summary>
    CudaGraph EndCapture(CudaStream stream);

    /// <summary>Makes recorded work ready to run.</summary>
    CudaGraphExecutable Instantiate(CudaGraph graph);

    /// <summary>Queues recorded work as one piece.</summary>
    void Launch(CudaGraphExecutable graph, CudaStream stream);

    /// <summary>Ends a recording; what was made ready from it stays.</summary>
    void DestroyGraph(CudaGraph graph);

    /// <summary>Ends recorded work that was ready to run.</summary>
    void DestroyGraph(CudaGraphExecutable graph);
}
