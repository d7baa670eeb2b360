namespace AlignT2I.Native;

/// <summary>CUDA cannot be used on this machine: a library, the driver or a device is not there. Programs end with exit code 3.</summary>
/// <param name="message">What was looked for, where, and how to install it.</param>
public sealed class CudaUnavailableException(string message) : Exception(message);
