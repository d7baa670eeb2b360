namespace AlignT2I.Testing;

/// <summary>What a kernel did wrong (struct Fault in abi.h).</summary>
internal unsafe struct EmulatedFault
{
    public fixed byte Text[256];
    public ulong Address;
    public int Bytes;
    public void* Code;
    public EmulatedIndex Block, Thread;
}
