using AlignT2I.Engine.Backends.Cuda;

namespace AlignT2I.Engine.Tests.Cuda;

/// <summary>Tensors that go between devices, two ranks on the emulated one.</summary>
internal sealed class CudaPeersTests : CudaFixture
{
    [Test]
    public void Each_rank_gets_what_the_other_sends_and_keeps_its_own()
    {
        using MemoryScope scope = MemoryScope.Open();
        ProcessNccl nccl = new(Cuda.Device.Driver);
        byte[] id = nccl.NewId();
        using (CudaPeers first = new(Cuda.Device, nccl, id, 0, 2), second = new(Cuda.Device, nccl, id, 1, 2))
        {
            Tensor[] firstOut = Tensors(1, 2), firstIn = Tensors(0, 0), secondOut = Tensors(3, 4), secondIn = Tensors(0, 0);
            Action endFirst = first.BeginExchange(firstOut, firstIn), endSecond = second.BeginExchange(secondOut, secondIn);
            endFirst();
            endSecond();
            Assert.That(firstIn.Select(t => t.ToArray<float>()[0]), Is.EqualTo((float[])[0, 3]));
            Assert.That(secondIn.Select(t => t.ToArray<float>()[0]), Is.EqualTo((float[])[2, 0]));
        }
        Assert.That((nccl.Left, nccl.Aborted), Is.EqualTo((2, 0)));
    }

    [Test]
    public void After_a_loss_the_connection_is_given_up_once()
    {
        ProcessNccl nccl = new(Cuda.Device.Driver);
        using (CudaPeers peers = new(Cuda.Device, nccl, nccl.NewId(), 0, 2))
        {
            peers.Abort();
            peers.Abort();
            using MemoryScope scope = MemoryScope.Open();
            Tensor[] tensors = Tensors(1, 2);
            Assert.That(() => peers.BeginExchange(tensors, tensors), Throws.InvalidOperationException.With.Message.Contains("ended"));
        }
        Assert.That((nccl.Left, nccl.Aborted), Is.EqualTo((0, 1)));
    }

    [Test]
    public void The_processor_has_no_peers() =>
        Assert.That(() => Backend.Cpu.JoinPeers([], 0, 2), Throws.InvalidOperationException.With.Message.Contains("cpu"));

    Tensor[] Tensors(params float[] values) => [.. values.Select(v => Tensor.Full([5], DType.F32, Cuda, v))];
}
