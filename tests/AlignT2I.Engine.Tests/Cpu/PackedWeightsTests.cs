using System.Runtime.InteropServices;
using AlignT2I.Engine.Backends.Cpu;

namespace AlignT2I.Engine.Tests.Cpu;

internal sealed class PackedWeightsTests
{
    const int Channels = 48;

    static readonly Shape weightShape = [Channels, 3, 3, Channels];

    /// <summary>All that changes a tensor in place, by name.</summary>
    static readonly Dictionary<string, Action<Tensor>> writers = new()
    {
        ["Write"] = w => w.Write<float>(Values(w.Count, 9)),
        ["CopyFrom"] = w => w.CopyFrom(Random(w, 9)),
        ["CopyFrom of a part"] = w => w.CopyFrom(Random(w, 9), 3, 40, 5),
        ["Accumulate"] = w => w.Accumulate(Random(w, 9)),
        ["Fill"] = w => w.Backend.Fill(w, 0.25),
        ["a span"] = w => w.AsSpan<float>()[7] += 1,
        ["a view"] = w => w.Reshape([(int)w.Count]).Write<float>(Values(w.Count, 9)),
        ["Cast"] = w => w.Backend.Cast(Random(w, 9), w),
        ["Affine"] = w => w.Backend.Affine(w, 2, 0.5, w),
        ["AdamW"] = w => Step(w, p => new AdamW(p)),
        ["SGD"] = w => Step(w, p => new Sgd(p)),
        ["an average"] = w => w.Backend.MoveToward([w], [Random(w, 9)], 0.5),
        ["Swap of an average"] = w =>
        {
            using var ema = new Ema([new Parameter("w", w, ParameterLayout.AsInFile)], 0.5);
            w.CopyFrom(Random(w, 9));
            ema.Update();
            ema.Swap();
        },
        ["an operation's result"] = w => w.Backend.Add(w, Random(w, 9), w),
    };

    static readonly Dictionary<string, Func<Backend, Func<Tensor>>> uses = new()
    {
        ["Winograd"] = b => Convolution(b, [2, 9, 8, 40], [50, 3, 3, 40], stride: 1, padding: 1),
        ["Winograd's data gradient"] = b => DataGradient(b, [2, 9, 8, 40], [50, 3, 3, 40], padding: 1),
        ["convolution with a stride"] = b => Convolution(b, [2, 41, 30, 5], [50, 3, 3, 5], stride: 2, padding: 1),
        ["convolution of one strip"] = b => Convolution(b, [1, 9, 8, 70], [50, 2, 2, 70], stride: 1, padding: 0),
        ["1 x 1"] = b => Convolution(b, [1, 30, 30, 70], [50, 1, 1, 70], stride: 1, padding: 0),
        ["1 x 1's data gradient"] = b => DataGradient(b, [1, 30, 30, 70], [50, 1, 1, 70], padding: 0),
        ["many rows"] = b => Linear(b, 700, 90, 260),
        ["few rows"] = b => Linear(b, 21, 130, 2500),
        ["one row"] = b => Linear(b, 1, 200, 300),
        ["a sum in parts"] = b => Linear(b, 64, 48, 2048),
        ["linear's data gradient"] = b => LinearDataGradient(b, 50, 600, 70),
    };

    [TestCaseSource(nameof(WriterNames))]
    public void What_a_writer_changes_the_next_result_shows(string writer)
    {
        using MemoryScope scope = MemoryScope.Open();
        CpuBackend backend = new(packedBytes: long.MaxValue);
        Tensor x = Random([1, 12, 10, Channels], backend, 1), weight = Random(weightShape, backend, 2);
        float[] before = [];
        for (int i = 0; i < 3; i++) before = F.Conv2d(x, weight, padding: 1).ToArray<float>();
        Assert.That(backend.PackedBytes, Is.Positive, "nothing was packed");
        writers[writer](weight);
        for (int i = 0; i < 3; i++)
        {
            float[] found = F.Conv2d(x, weight, padding: 1).ToArray<float>();
            Assert.That(found, Is.EqualTo(F.Conv2d(x, weight.Clone(), padding: 1).ToArray<float>()), $"use {i}");
            Assert.That(found, Is.Not.EqualTo(before));
        }
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_span_taken_earlier_may_still_be_written(bool ofBytes)
    {
        using MemoryScope scope = MemoryScope.Open();
        CpuBackend backend = new(packedBytes: long.MaxValue);
        Tensor x = Random([1, 12, 10, Channels], backend, 1), weight = Random(weightShape, backend, 2);
        Span<float> span = ofBytes ? MemoryMarshal.Cast<byte, float>(weight.AsBytes()) : weight.AsSpan<float>();
        for (int i = 0; i < 6; i++)
        {
            if (i % 3 == 2)
                span[i * 100] += 1;     // after uses enough for a packed copy
            Tensor same = Tensor.From(span.ToArray(), weight.Shape, backend);
            Assert.That(F.Conv2d(x, weight, padding: 1).ToArray<float>(), Is.EqualTo(F.Conv2d(x, same, padding: 1).ToArray<float>()));
        }
    }

    [TestCaseSource(nameof(UseNames))]
    public void Packed_or_not_gives_the_same_bits(string use)
    {
        using MemoryScope scope = MemoryScope.Open();
        CpuBackend none = new(packedBytes: 0), little = new(packedBytes: 1000), all = new(packedBytes: long.MaxValue);
        float[] expected = uses[use](none)().ToArray<float>();
        foreach (CpuBackend backend in new[] { none, little, all })
        {
            Func<Tensor> compute = uses[use](backend);
            for (int i = 0; i < 3; i++) Assert.That(compute().ToArray<float>(), Is.EqualTo(expected), $"use {i}");
        }
        Assert.That((none.PackedBytes, little.PackedBytes), Is.EqualTo((0L, 0L)));
        Assert.That(all.PackedBytes, use is "a sum in parts" ? Is.Zero : Is.Positive);
    }

    [Test]
    public void Copies_end_with_their_weight_and_are_not_made_for_one_that_always_changes()
    {
        CpuBackend backend = new(packedBytes: long.MaxValue);
        using (MemoryScope.Open())
        {
            Tensor x = Random([1, 12, 10, Channels], backend, 1), weight = Random(weightShape, backend, 2);
            for (int i = 0; i < 3; i++)
            {
                _ = F.Conv2d(x, weight, padding: 1);
                weight.Write<float>(Values(weight.Count, i));
            }
            Assert.That(backend.PackedBytes, Is.Zero);
            for (int i = 0; i < 3; i++) _ = F.Conv2d(x, weight, padding: 1);
            Assert.That(backend.PackedBytes, Is.Positive);
        }
        Assert.That(backend.PackedBytes, Is.Zero);
    }

    [Test]
    public void Copies_make_room_when_memory_runs_short_but_not_under_a_kernel_that_reads_them()
    {
        using MemoryScope scope = MemoryScope.Open();
        long available = long.MaxValue / 2;
        var copies = new PackedWeights(most: null, () => available, lookAgainMs: 0);
        Tensor weight = Random([70, 90], Backend.Cpu, 1), other = Random([70, 90], Backend.Cpu, 2);
        var layout = new PackedLayout(PackedForm.Columns, 90, 70);
        for (int i = 0; i < 2; i++) copies.Use(weight, layout).Dispose();
        long bytes = copies.Bytes;
        Assert.That(bytes, Is.EqualTo(layout.Size * sizeof(float)));
        using (copies.Use(weight, layout))
        {
            available = bytes / 2;
            copies.Use(other, layout).Dispose();
            Assert.That(copies.Bytes, Is.EqualTo(bytes));
        }
        copies.Use(other, layout).Dispose();
        Assert.That(copies.Bytes, Is.Zero);
        for (int i = 0; i < 3; i++) copies.Use(weight, layout).Dispose();
        Assert.That(copies.Bytes, Is.Zero, "a quarter of what there is does not hold it");
        weight.Dispose();
        other.Dispose();
    }

    [Test]
    public void A_copy_stays_for_a_kernel_that_reads_it_when_another_thread_finds_the_weight_changed()
    {
        using MemoryScope scope = MemoryScope.Open();
        var copies = new PackedWeights(most: long.MaxValue, () => long.MaxValue / 2);
        Tensor weight = Random([70, 90], Backend.Cpu, 1);
        var layout = new PackedLayout(PackedForm.Columns, 90, 70);
        for (int i = 0; i < 2; i++) copies.Use(weight, layout).Dispose();
        long bytes = copies.Bytes;
        using (copies.Use(weight, layout))
        {
            weight.Write<float>(Values(weight.Count, 2));
            copies.Use(weight, layout).Dispose();
            Assert.That(copies.Bytes, Is.EqualTo(bytes));
        }
        Assert.That(copies.Bytes, Is.Zero);
        weight.Dispose();
    }

    [Test]
    public void Reading_a_weight_keeps_its_copies()
    {
        using MemoryScope scope = MemoryScope.Open();
        CpuBackend backend = new(packedBytes: long.MaxValue);
        Tensor x = Random([1, 12, 10, Channels], backend, 1), weight = Random(weightShape, backend, 2);
        for (int i = 0; i < 2; i++) _ = F.Conv2d(x, weight, padding: 1);
        long bytes = backend.PackedBytes;
        _ = weight.ToArray<float>();
        _ = weight.Clone();
        _ = F.Conv2d(x, weight, padding: 1);
        Assert.That(backend.PackedBytes, Is.EqualTo(bytes).And.Positive);
    }

    [Test]
    public void A_model_s_parameters_are_packed()
    {
        using MemoryScope scope = MemoryScope.Open();
        CpuBackend backend = new(packedBytes: long.MaxValue);
        using ParameterStore store = new(new RandomParameters(1), backend);
        var layer = new Linear(store.Root["layer"], 70, 90);
        Tensor x = Random([40, 70], backend, 1);
        for (int i = 0; i < 2; i++) _ = layer.Call(x);
        Assert.That(backend.PackedBytes, Is.Positive);
    }

    static IEnumerable<string> WriterNames() => writers.Keys;

    static IEnumerable<string> UseNames() => uses.Keys;

    static Func<Tensor> Convolution(Backend backend, Shape x, Shape weight, int stride, int padding)
    {
        Tensor images = Random(x, backend, 1), kernel = Random(weight, backend, 2), bias = Random([weight[0]], backend, 3);
        return () => F.Conv2d(images, kernel, bias, stride, padding);
    }

    static Func<Tensor> DataGradient(Backend backend, Shape x, Shape weight, int padding)
    {
        int cut = weight[1] - 1 - 2 * padding;
        Tensor dy = Random([x[0], x[1] - cut, x[2] - cut, weight[0]], backend, 1), kernel = Random(weight, backend, 2);
        return () =>
        {
            Tensor dx = Tensor.Empty(x, DType.F32, backend);
            backend.Conv2dBackwardData(dy, kernel, 1, padding, dx);
            return dx;
        };
    }

    static Func<Tensor> Linear(Backend backend, int rows, int outputs, int inputs)
    {
        Tensor x = Random([rows, inputs], backend, 1), weight = Random([outputs, inputs], backend, 2);
        Tensor bias = Random([outputs], backend, 3);
        return () => F.Linear(x, weight, bias);
    }

    static Func<Tensor> LinearDataGradient(Backend backend, int rows, int outputs, int inputs)
    {
        Tensor dy = Random([rows, outputs], backend, 1), weight = Random([outputs, inputs], backend, 2);
        return () =>
        {
            Tensor dx = Tensor.Empty([rows, inputs], DType.F32, backend);
            backend.LinearBackwardData(dy, weight, dx);
            return dx;
        };
    }

    static void Step(Tensor weight, Func<Parameter[], Optimizer> make)
    {
        weight.RequiresGrad = true;
        using (Tape tape = Tape.Open()) tape.Backward(F.Sum(F.Mul(weight, weight)));
        using Optimizer optimizer = make([new Parameter("w", weight, ParameterLayout.AsInFile)]);
        optimizer.Step(learningRate: 0.1);
        weight.RequiresGrad = false;
    }

    static Tensor Random(Tensor like, int seed) => Random(like.Shape, like.Backend, seed);

    static Tensor Random(Shape shape, Backend backend, int seed) => Tensor.From(Values(shape.Count, seed), shape, backend);

    static float[] Values(long count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, (int)count).Select(_ => random.NextSingle() * 2 - 1)];
    }
}
