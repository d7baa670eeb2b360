using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AlignT2I.Native;

/// <summary>One answer of the library's heuristic: cublasLtMatmulHeuristicResult_t.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CublasLtHeuristic
{
    public CublasLtAlgorithm Algorithm;
    public nuint WorkspaceBytes;
    public int Status;
    public float Waves;
    public Reserved Unused;

    /// <summary>Room for later versions.</summary>
    [InlineArray(4)]
    internal struct Reserved
    {
        int first;
    }
}
