using AlignT2I.Native;

namespace AlignT2I.Engine.Backends.Cuda;

internal sealed partial class CudaBackend
{
    public override byte[] NewPeersId() => new NativeNccl().NewId();

    public override DevicePeers JoinPeers(byte[] id, int rank, int size) => new CudaPeers(device, new NativeNccl(), id, rank, size);
}
