using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Asks the second-level cache for memory that will be read; nothing where the processor takes no such hints.</summary>
/// <remarks>A hint is no access: the memory may be nobody's.</remarks>
internal static unsafe class CacheHint
{
    const int Line = 64;

    /// <summary>Asks for the line at an address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ask(void* address)
    {
        if (Sse.IsSupported) Sse.Prefetch1(address);
    }

    /// <summary>Asks for the lines of some elements.</summary>
    public static void Ask<T>(T* first, int count) where T : unmanaged
    {
        byte* end = (byte*)(first + count);
        for (byte* line = (byte*)((nuint)first & ~(nuint)(Line - 1)); line < end; line += Line) Ask(line);
    }
}
