using System.Runtime.InteropServices;

namespace AlignT2I.Native;

/// <summary>Zero-terminated strings in native memory, as an array of pointers.</summary>
internal sealed unsafe class Utf8Strings : IDisposable
{
    readonly nint[] strings;
    readonly byte** pointers;

    public Utf8Strings(IEnumerable<string> texts)
    {
        strings = [.. texts.Select(Marshal.StringToCoTaskMemUTF8)];
        pointers = (byte**)NativeMemory.Alloc((nuint)Math.Max(1, strings.Length), (nuint)sizeof(byte*));
        for (int i = 0; i < strings.Length; i++)
            pointers[i] = (byte*)strings[i];
    }

    public int Count => strings.Length;

    /// <summary>The array, valid until <see cref="Dispose"/>.</summary>
    public byte** Pointers => pointers;

    public void Dispose()
    {
        foreach (nint text in strings)
            Marshal.FreeCoTaskMem(text);
        NativeMemory.Free(pointers);
    }
}
