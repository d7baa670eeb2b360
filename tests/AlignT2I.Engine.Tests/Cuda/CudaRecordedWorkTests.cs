namespace AlignT2I.Engine.Tests.Cuda;

/// <summary>A recorded step does what the step does.</summary>
internal sealed class CudaRecordedWorkTests
{
    EmulatedCuda? emulated;

    [SetUp]
    public void Open() => emulated = EmulatedCuda.Open(cacheMemory: true);

    [TearDown]
    public void Close() => emulated?.Dispose();

    [Test]
    public void A_recorded_training_step_gives_the_bits_of_an_eager_one() =>
        Assert.That(
            SmallTraining.Run(emulated!.Backend, recorded: true), Is.EqualTo(SmallTraining.Run(emulated.Backend, recorded: false)));

    [Test]
    public void A_step_whose_gradients_overflow_writes_nothing()
    {
        Backend cuda = emulated!.Backend;
        using var store = new ParameterStore(new RandomParameters(1), cuda);
        var layer = new Linear(store.Root, 3, 2);
        store.RequireGrad();
        using var optimizer = new Sgd(store.Parameters, momentum: 0.9);
        using MemoryScope scope = MemoryScope.Open();
        using (Tape tape = Tape.Open())
            tape.Backward(F.Sum(layer.Call(Tensor.Full([1, 3], DType.F32, cuda, float.PositiveInfinity))));
        float[] before = store.Parameters[0].Value.ToArray<float>();
        optimizer.Prepare(0.1);
        optimizer.Apply(new GradientClip(GradientNorm.Squared(store.Parameters)!, 1));
        optimizer.Unprepare();
        Assert.That(store.Parameters[0].Value.ToArray<float>(), Is.EqualTo(before));
        Assert.That(optimizer.StepCount, Is.Zero);
    }

    [Test]
    public void Recorded_work_that_keeps_a_tensor_is_refused()
    {
        Backend cuda = emulated!.Backend;
        Tensor? kept = null;
        using RecordedWork work = cuda.Record(() => kept = Tensor.Zeros([3], DType.F32, cuda).Persist());
        Assert.That(() => work.Run(), Throws.InvalidOperationException.With.Message.Contains("keeps a tensor"));
        kept!.Dispose();
    }

    [Test]
    public void Values_neither_come_nor_go_while_work_is_recorded()
    {
        Backend cuda = emulated!.Backend;
        using Tensor x = Tensor.Zeros([3], DType.F32, cuda).Persist();
        using RecordedWork reads = cuda.Record(() => x.ToArray<float>());
        reads.Run();
        Assert.That(() => reads.Run(), Throws.InvalidOperationException.With.Message.Contains("read them from a tensor after it"));
    }

    [Test]
    public void Memory_of_recorded_work_goes_with_it()
    {
        Backend cuda = emulated!.Backend;
        using Tensor x = Tensor.Full([100], DType.F32, cuda, 1).Persist();
        long reserved = cuda.ReservedBytes;
        using (RecordedWork work = cuda.Record(() => x.CopyFrom(F.Affine(F.Add(x, x), 0.5, 1))))
        {
            for (int i = 0; i < 5; i++)
                work.Run();
            Assert.That(cuda.ReservedBytes, Is.GreaterThan(reserved));
        }

        Assert.That(cuda.ReservedBytes, Is.EqualTo(reserved));
        Assert.That(x.ToArray<float>(), Has.All.EqualTo(6f));
    }

    /// <summary>The first run of each shape is done, the second recorded, and every one after it is a launch.</summary>
    [Test]
    public void Inputs_of_each_shape_are_recorded_when_they_come_again()
    {
        Backend cuda = emulated!.Backend;
        using Tensor sum = Tensor.Zeros([], DType.F32, cuda).Persist();
        int calls = 0;
        using RecordedWork work = cuda.Record(inputs =>
        {
            calls++;
            sum.CopyFrom(F.Add(sum, F.Sum(inputs[0])));
        });
        double expected = 0;
        List<(int Calls, int Launches)> found = [];
        foreach (int length in (int[])[3, 3, 5, 3, 5, 5, 3])
        {
            using MemoryScope scope = MemoryScope.Open();
            work.Run(Tensor.Full([length], DType.F32, cuda, found.Count + 1));
            expected += length * (found.Count + 1);
            found.Add((calls, emulated.GraphLaunches));
            Assert.That(sum.Item(), Is.EqualTo(expected));
        }

        Assert.That(found, Is.EqualTo(((int, int)[])[(1, 0), (2, 1), (3, 1), (3, 2), (4, 3), (4, 4), (4, 5)]));
    }

    /// <summary>The recordings of shapes that came longest ago go; memory stays bounded and results right.</summary>
    [Test]
    public void More_shapes_than_are_kept()
    {
        Backend cuda = emulated!.Backend;
        using Tensor sum = Tensor.Zeros([], DType.F32, cuda).Persist();
        using RecordedWork work = cuda.Record(inputs => sum.CopyFrom(F.Sum(inputs[0])));
        for (int run = 0; run < 2 * 150; run++)
        {
            using MemoryScope scope = MemoryScope.Open();
            int length = 1 + run / 2;
            work.Run(Tensor.Full([length], DType.F32, cuda, 2));
            Assert.That(sum.Item(), Is.EqualTo(2 * length));
        }
    }

    [Test]
    public void What_is_not_recorded_is_done_between_the_parts_in_every_run()
    {
        Backend cuda = emulated!.Backend;
        using Tensor x = Tensor.Full([3], DType.F32, cuda, 1).Persist(), seen = Tensor.Zeros([3], DType.F32, cuda).Persist();
        List<float> between = [];
        using RecordedWork work = cuda.Record(() =>
        {
            Tensor twice = F.Affine(x, 2);
            x.CopyFrom(twice);
            cuda.Unrecorded(() =>
            {
                between.Add(x.ToArray<float>()[0]);
                x.Write<float>([between.Count, 0, 0]);
            });
            seen.CopyFrom(F.Add(x, twice));
        });
        for (int run = 1; run <= 4; run++)
        {
            x.Write<float>([10 * run, 0, 0]);
            work.Run();
            Assert.That(seen.ToArray<float>()[0], Is.EqualTo(run + 20 * run), $"run {run}");
        }

        Assert.That(between, Is.EqualTo((float[])[20, 40, 60, 80]));
        Assert.That(emulated.GraphLaunches, Is.EqualTo(2 * 3));
    }

    [Test]
    public void After_an_error_between_the_parts_the_work_can_be_recorded_again()
    {
        Backend cuda = emulated!.Backend;
        using Tensor x = Tensor.Full([3], DType.F32, cuda, 1).Persist();
        bool fails = false;
        using RecordedWork work = cuda.Record(() =>
        {
            x.CopyFrom(F.Affine(x, 2));
            cuda.Unrecorded(() =>
            {
                if (fails)
                    throw new TimeoutException("lost");
            });
            x.CopyFrom(F.Affine(x, 1, 1));
        });
        work.Run();
        fails = true;
        Assert.That(() => work.Run(), Throws.TypeOf<TimeoutException>());
        Assert.That(x.ToArray<float>(), Has.All.EqualTo(6f));
        fails = false;
        work.Run();
        work.Run();
        Assert.That(x.ToArray<float>(), Has.All.EqualTo(27f));
    }

    /// <summary>An illegal call ends a capture without a graph: what is told is the call, not that.</summary>
    [Test]
    public void A_call_that_breaks_a_capture_is_what_the_error_names()
    {
        Backend cuda = emulated!.Backend;
        using Tensor x = Tensor.Full([3], DType.F32, cuda, 1).Persist();
        bool waits = false;
        using RecordedWork work = cuda.Record(() =>
        {
            x.CopyFrom(F.Affine(x, 2));
            if (waits)
                cuda.Synchronize();
        });
        work.Run();
        waits = true;
        Assert.That(() => work.Run(), Throws.TypeOf<EmulationException>().With.Message.Contains("cuStreamSynchronize"));
        waits = false;
        work.Run();
        work.Run();
        Assert.That(x.ToArray<float>(), Has.All.EqualTo(8f));
    }

    [Test]
    public void Nothing_is_recorded_where_that_is_asked_for()
    {
        using EmulatedCuda unrecorded = EmulatedCuda.Open(recordWork: false);
        using Tensor x = Tensor.Zeros([3], DType.F32, unrecorded.Backend).Persist();
        using RecordedWork work = unrecorded.Backend.Record(() => x.CopyFrom(F.Affine(x, 1, 1)));
        for (int run = 0; run < 4; run++)
            work.Run();
        Assert.That(x.ToArray<float>(), Has.All.EqualTo(4f));
        Assert.That(unrecorded.GraphLaunches, Is.Zero);
    }
}
