namespace AlignT2I.Engine.Backends.Cuda;

/// <summary>What kernels found wrong in their input (faults.cuh): known when the host next waits for the device.</summary>
internal sealed class CudaFaults : IDisposable
{
    readonly CudaDevice device;
    readonly CudaStaging staging;
    readonly byte[] word = new byte[sizeof(ulong)];

    public CudaFaults(CudaDevice device, CudaStaging staging)
    {
        (this.device, this.staging) = (device, staging);
        Pointer = device.Driver.Allocate(sizeof(ulong), device.Stream);
        Clear();
    }

    /// <summary>The word that kernels write to.</summary>
    public nint Pointer { get; }

    /// <summary>Throws if a kernel reported something.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id, an index or a label is outside its range.</exception>
    public void Check()
    {
        staging.Download(Pointer, word);
        ulong fault = BitConverter.ToUInt64(word);
        if (fault == 0)
            return;
        Clear();
        int position = (int)(fault >> 32 & 0xFFF_FFFF), value = (int)fault;
        throw new ArgumentOutOfRangeException(null, value, (fault >> 60) switch
        {
            1 => $"Embedding: id {value} at position {position} is no row of the table; give ids from 0 to its number of rows - 1.",
            4 => $"FirstIndex: id {value} is not in row {position}; encode prompts with the model's own tokenizer.",
            2 => $"Gather: index {value} of sample {position} is outside the second dimension of x.",
            _ => $"CrossEntropy: label {value} of sample {position} is none of the classes.",
        });
    }

    public void Dispose() => device.Driver.Free(Pointer, device.Stream);

    void Clear() => device.Driver.SetBytes(Pointer, 0, sizeof(ulong), device.Stream);
}
