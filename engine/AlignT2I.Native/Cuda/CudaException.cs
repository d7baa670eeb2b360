namespace AlignT2I.Native;

/// <summary>A CUDA library refused a call.</summary>
public sealed class CudaException : Exception
{
    /// <summary>Makes the message <c>call: name (code), words</c>.</summary>
    /// <param name="call">The failing call.</param>
    /// <param name="code">The library's status.</param>
    /// <param name="name">The status' name, such as <c>CUDA_ERROR_OUT_OF_MEMORY</c>.</param>
    /// <param name="words">What it means.</param>
    public CudaException(string call, int code, string name, string words)
        : base($"{call}: {name} ({code}), {words}.") => Name = name;

    /// <summary>The status' name.</summary>
    public string Name { get; }

    /// <summary>Whether the device has not as much memory left as was asked for.</summary>
    public bool IsOutOfMemory => Name is "CUDA_ERROR_OUT_OF_MEMORY";
}
