namespace AlignT2I.Engine.Backends.Cuda;

/// <summary>A block of device memory in use.</summary>
/// <param name="Size">Bytes taken from the driver.</param>
/// <param name="Bytes">Bytes asked for.</param>
/// <param name="Pool">Where it goes when it is freed.</param>
/// <param name="Module">The module in whose call it was asked for.</param>
internal readonly record struct CudaBlock(long Size, long Bytes, CudaPool Pool, string Module);
