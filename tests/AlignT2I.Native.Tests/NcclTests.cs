namespace AlignT2I.Native.Tests;

/// <summary>Two ranks of one process through the bindings.</summary>
internal sealed unsafe class NcclTests
{
    readonly NativeNccl nccl = new();

    [Test]
    public void An_id_of_128_bytes_goes_by_value()
    {
        byte[] id = nccl.NewId();
        Assert.That(id, Is.EqualTo(Enumerable.Range(0, 128).Select(i => (byte)(3 * i + 1))));
        nint a = nccl.Join(id, 0, 2), b = nccl.Join([.. id[..127], 0], 1, 2);
        int[] memory = [1, 2];
        fixed (int* first = memory)
        {
            Exchange(a, (nint)first, 4, 1, send: true);
            Exchange(b, (nint)(first + 1), 4, 0, send: false);
        }
        Assert.That(memory[1], Is.EqualTo(2), "the last byte of the id differs: they are strangers");
        nccl.Leave(a);
        nccl.Leave(b);
    }

    [Test]
    public void What_one_sends_the_other_receives_in_the_stream()
    {
        byte[] id = nccl.NewId();
        id[0] = 99;
        nint a = nccl.Join(id, 0, 2), b = nccl.Join(id, 1, 2);
        int[] memory = [7, 8, 0, 0];
        fixed (int* first = memory)
        {
            Exchange(b, (nint)(first + 2), 8, 0, send: false);
            Exchange(a, (nint)first, 8, 1, send: true);
        }
        Assert.That(memory, Is.EqualTo((int[])[7, 8, 7, 8]));
        Assert.That(*StandInLibraries.Variable<nint>("libnccl.so.2", "last_stream"), Is.EqualTo((nint)5));
        int* aborted = StandInLibraries.Variable<int>("libnccl.so.2", "aborted");
        int before = *aborted;
        nccl.Abort(a);
        nccl.Leave(b);
        Assert.That(*aborted, Is.EqualTo(before + 1));
    }

    [Test]
    public void A_refusal_names_the_call_and_says_why() =>
        Assert.That(() => nccl.Join(nccl.NewId(), 2, 2), Throws.TypeOf<CudaException>()
            .With.Message.Contains("ncclCommInitRank").And.Message.Contains("(5), invalid usage"));

    void Exchange(nint communicator, nint memory, long bytes, int peer, bool send)
    {
        nccl.BeginGroup();
        if (send)
            nccl.Send(communicator, memory, bytes, peer, new CudaStream(5));
        else
            nccl.Receive(communicator, memory, bytes, peer, new CudaStream(5));
        nccl.EndGroup();
    }
}
