using System.Runtime.CompilerServices;

namespace AlignT2I.Native;

/// <summary>ncclUniqueId: 128 bytes, passed by value.</summary>
[InlineArray(NcclValues.NCCL_UNIQUE_ID_BYTES)]
internal struct NcclId
{
    byte first;
}
