namespace AlignT2I.Native;

/// <summary>What a device says of itself; the values are those of the driver's <c>CUdevice_attribute</c>.</summary>
public enum CudaDeviceAttribute
{
    /// <summary>Most threads in one block.</summary>
    MaxThreadsPerBlock = 1,

    /// <summary>Bytes of shared memory that a block gets without asking.</summary>
    MaxSharedMemoryPerBlock = 8,

    /// <summary>Threads that run in step.</summary>
    WarpSize = 10,

    /// <summary>Number of multiprocessors.</summary>
    MultiprocessorCount = 16,

    /// <summary>Bytes of the second-level cache.</summary>
    L2CacheSize = 38,

    /// <summary>Most threads resident on one multiprocessor.</summary>
    MaxThreadsPerMultiprocessor = 39,

    /// <summary>The x of compute capability x.y.</summary>
    ComputeCapabilityMajor = 75,

    /// <summary>The y of compute capability x.y.</summary>
    ComputeCapabilityMinor = 76,

    /// <summary>Most bytes of dynamic shared memory that <see cref="ICudaDriver.SetDynamicSharedMemory"/> may give a kernel.</summary>
    MaxSharedMemoryPerBlockOptin = 97,

    /// <summary>1 where stream-ordered allocation works.</summary>
    MemoryPoolsSupported = 115,
}
