namespace AlignT2I.Native;

/// <summary>Constants of nccl.h, under the header's names.</summary>
internal static class NcclValues
{
    public const int ncclSuccess = 0;
    public const int ncclInt8 = 0;
    public const int NCCL_UNIQUE_ID_BYTES = 128;
}
