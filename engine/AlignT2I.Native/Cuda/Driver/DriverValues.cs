namespace AlignT2I.Native;

/// <summary>Values of cuda.h, under their own names there.</summary>
internal static class DriverValues
{
    public const int CUDA_ERROR_OUT_OF_MEMORY = 2, CUDA_ERROR_NO_DEVICE = 100, CUDA_ERROR_NOT_READY = 600;

    public const uint CU_STREAM_NON_BLOCKING = 1;

    public const uint CU_EVENT_DISABLE_TIMING = 2;

    public const int CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES = 8;

    /// <summary>While this thread captures, others may do as they like.</summary>
    public const int CU_STREAM_CAPTURE_MODE_THREAD_LOCAL = 1;
}
