using AlignT2I.Engine.Backends.Cuda;

namespace AlignT2I.Engine.Tests.Cuda;

/// <summary>The caching allocator, copies to and from the host, and what is said when memory runs out.</summary>
internal sealed class CudaMemoryTests
{
    const int KiB = 1024;

    EmulatedCuda? emulated;

    [TearDown]
    public void Close() => emulated?.Dispose();

    [Test]
    public void A_freed_block_is_the_next_request_of_its_size()
    {
        Backend cuda = Open();
        nint first;
        using (MemoryScope.Open())
            first = Tensor.Zeros([1000], DType.F32, cuda).Live.Pointer;
        long reserved = cuda.ReservedBytes;
        using MemoryScope scope = MemoryScope.Open();
        Assert.That(Tensor.Zeros([1010], DType.F32, cuda).Live.Pointer, Is.EqualTo(first));
        Assert.That(cuda.ReservedBytes, Is.EqualTo(reserved));
        Assert.That(cuda.LiveBytes, Is.EqualTo(4040));
    }

    [Test]
    public void The_peak_is_that_of_live_tensors()
    {
        Backend cuda = Open();
        for (int i = 0; i < 3; i++)
        {
            using MemoryScope scope = MemoryScope.Open();
            _ = Tensor.Zeros([300], DType.F32, cuda);
            _ = Tensor.Zeros([200], DType.F32, cuda);
        }

        Assert.That((cuda.LiveBytes, cuda.PeakBytes), Is.EqualTo((0L, 2000L)));
    }

    /// <summary>Fragments of other sizes are given back before a request is refused.</summary>
    [Test]
    public void What_is_cached_in_other_sizes_is_no_obstacle()
    {
        Backend cuda = Open(memoryBytes: 64 * KiB);
        using (MemoryScope.Open())
        {
            for (int i = 1; i <= 10; i++)
                _ = Tensor.Zeros([i * 250], DType.F32, cuda);
        }

        Assert.That(cuda.ReservedBytes, Is.GreaterThan(50 * KiB));
        using MemoryScope scope = MemoryScope.Open();
        Tensor large = Tensor.Full([14_000], DType.F32, cuda, 3);
        Assert.That(large.ToArray<float>(), Has.All.EqualTo(3f));
    }

    [Test]
    public void Out_of_memory_names_the_request_what_is_live_and_what_to_lower()
    {
        Backend cuda = Open(memoryBytes: 64 * KiB);
        using MemoryScope scope = MemoryScope.Open();
        Tensor x = Tensor.Zeros([1000], DType.F32, cuda);
        DeviceMemoryException error = Assert.Throws<DeviceMemoryException>(() => new Hoarder().Call(x))!;
        Assert.That(error.Message, Does.StartWith("cuda:0 (").And.Contain("no memory for 19.5 KiB more in Hoarder"));
        Assert.That(error.Message, Does.Contain("Hoarder 39.1 KiB").And.Contain("outside modules 3.9 KiB").And.Contain("of 64 KiB free"));
        Assert.That(error.Message, Does.Contain("batch size").And.Contain("bfloat16").And.Contain("checkpointing"));
    }

    [Test]
    public void Training_steps_leave_nothing_behind()
    {
        Backend cuda = Open();
        using var store = new ParameterStore(new RandomParameters(1), cuda);
        var layer = new Linear(store.Root, 6, 5);
        store.RequireGrad();
        using var optimizer = new AdamW(store.Parameters);
        for (int i = 0; i < 3; i++)
            Step();
        (long live, long reserved) = (cuda.LiveBytes, cuda.ReservedBytes);
        for (int i = 0; i < 5; i++)
            Step();
        Assert.That((cuda.LiveBytes, cuda.ReservedBytes), Is.EqualTo((live, reserved)));

        void Step()
        {
            using MemoryScope scope = MemoryScope.Open();
            using (Tape tape = Tape.Open())
                tape.Backward(F.Mean(layer.Call(Tensor.Full([3, 6], DType.F32, cuda, 2))));
            optimizer.Step(1e-2, GradientNorm.Coefficient(GradientNorm.Of(store.Parameters), 1));
            store.ClearGrad();
        }
    }

    /// <summary>More bytes than the pinned ring holds, in pieces that wrap around it.</summary>
    [Test]
    public void Uploads_larger_than_the_ring_arrive_whole()
    {
        Backend cuda = Open();
        using MemoryScope scope = MemoryScope.Open();
        int[] values = [.. Enumerable.Range(0, 11_000_003)];
        Tensor small = Tensor.From([1, 2, 3], [3], cuda), large = Tensor.From(values, [values.Length], cuda);
        Assert.That(small.ToArray<int>(), Is.EqualTo(new[] { 1, 2, 3 }));
        Assert.That(large.ToArray<int>().AsSpan().SequenceEqual(values), Is.True);
    }

    [Test]
    public void A_device_tensor_is_no_span()
    {
        Backend cuda = Open();
        using MemoryScope scope = MemoryScope.Open();
        Tensor x = Tensor.Zeros([2], DType.F32, cuda);
        Assert.That(() => x.AsSpan<float>()[0],
            Throws.InvalidOperationException.With.Message.Contains("cuda:0").And.Message.Contains("ToArray"));
        Assert.That(() => F.Add(x, Tensor.Zeros([2], DType.F32, Backend.Cpu)),
            Throws.InvalidOperationException.With.Message.Contains("To"));
    }

    [Test]
    public void An_id_outside_the_table_is_reported_at_the_next_read()
    {
        Backend cuda = Open();
        using MemoryScope scope = MemoryScope.Open();
        Tensor table = Tensor.Zeros([4, 3], DType.F32, cuda);
        Tensor rows = F.Embedding(Tensor.From([1, 9], [2], cuda), table);
        Assert.That(() => rows.ToArray<float>(),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("id 9 at position 1"));
        Assert.That(F.Embedding(Tensor.From([1, 3], [2], cuda), table).ToArray<float>(), Has.Length.EqualTo(6), "the device goes on");
        Tensor ids = Tensor.From([7, 2, 2, 5, 5, 2], [2, 3], cuda);
        Assert.That(F.FirstIndex(ids, 2).ToArray<int>(), Is.EqualTo((int[])[1, 2]));
        Tensor first = F.FirstIndex(ids, 7);
        Assert.That(
            () => first.ToArray<int>(), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("id 7 is not in row 1"));
        Tensor loss = F.CrossEntropy(table, Tensor.From([0, 1, 2, -1], [4], cuda));
        Assert.That(() => loss.Item(), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("label -1 of sample 3"));
    }

    Backend Open(long memoryBytes = 1L << 30) => (emulated = EmulatedCuda.Open(cacheMemory: true, memoryBytes)).Backend;

    sealed class Hoarder : Module<Tensor>
    {
        protected override Tensor Forward(Tensor x)
        {
            for (int i = 0; i < 4; i++)
                _ = Tensor.Zeros([5000], DType.F32, x.Backend);
            return x;
        }
    }
}
