using System.Runtime.CompilerServices;

namespace AlignT2I.Native;

/// <summary>An algorithm as the library describes it to itself: cublasLtMatmulAlgo_t, eight words.</summary>
[InlineArray(8)]
internal struct CublasLtAlgorithm
{
    ulong first;
}
