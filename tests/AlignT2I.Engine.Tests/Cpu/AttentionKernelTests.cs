using AlignT2I.Engine.Backends.Cpu;

namespace AlignT2I.Engine.Tests.Cpu;

public class AttentionKernelTests
{
    [TestCase(2, 256, 256, 4, 12, false)]
    [TestCase(2, 100, 16, 3, 24, false)]
    [TestCase(1, 130, 130, 2, 40, true)]
    [TestCase(1, 17, 200, 1, 70, false)]
    [TestCase(2, 77, 77, 2, 64, true)]
    [TestCase(1, 49, 77, 2, 80, false)]
    [TestCase(1, 64, 64, 2, 160, false)]
    [TestCase(1, 16, 300, 1, 512, false)]
    [TestCase(1, 1, 1, 1, 1, true)]
    public void Float32_agrees_with_the_formula(int images, int queries, int keys, int heads, int headDim, bool causal)
    {
        using MemoryScope scope = MemoryScope.Open();
        double[][] inputs = Inputs(images, queries, keys, heads * headDim);
        double[] expected = Formula(inputs, images, queries, keys, heads, headDim, causal);
        Tensor y = F.ScaledDotProductAttention(
            Float(inputs[0], [images, queries, heads * headDim]), Float(inputs[1], [images, keys, heads * headDim]),
            Float(inputs[2], [images, keys, heads * headDim]), heads, causal);
        TensorAssert.Close(y, Tensor.From(expected, y.Shape), relativeL2: 1e-6, "attention");
    }

    [TestCase(2, 150, 150, 4, 12, false)]
    [TestCase(1, 130, 90, 2, 40, true)]
    [TestCase(1, 60, 77, 3, 80, false)]
    [TestCase(1, 33, 70, 2, 160, true)]
    [TestCase(1, 500, 600, 1, 20, false)]
    [TestCase(1, 600, 600, 1, 9, true)]
    [TestCase(2, 900, 31, 1, 12, false)]
    public void Gradients_in_float32_agree_with_float64(int images, int queries, int keys, int heads, int headDim, bool causal)
    {
        using MemoryScope scope = MemoryScope.Open();
        double[][] inputs = Inputs(images, queries, keys, heads * headDim);
        Shape[] shapes = [[images, queries, heads * headDim], [images, keys, heads * headDim], [images, keys, heads * headDim]];
        Tensor[] narrow = [.. inputs.Zip(shapes, Float)], wide = [.. inputs.Zip(shapes, (x, shape) => Tensor.From(x, shape))];
        Backward(narrow, heads, causal);
        Backward(wide, heads, causal);
        for (int i = 0; i < 3; i++)
            TensorAssert.Close(narrow[i].Grad!, wide[i].Grad!, relativeL2: 2e-6, $"gradient {i}");
    }

    [Test]
    public void Large_scores_neither_overflow_nor_lose_the_sum()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor q = Tensor.Full([1, 3, 4], DType.F32, Backend.Cpu, 1000), v = Tensor.Full([1, 70, 4], DType.F32, Backend.Cpu, 0.5);
        Tensor k = Float([.. Enumerable.Range(0, 70 * 4).Select(i => i / 4 * 10.0 - 350)], [1, 70, 4]);
        Tensor y = F.ScaledDotProductAttention(q, k, v, heads: 1);
        Assert.That(y.ToArray<float>(), Is.All.EqualTo(0.5f));
    }

    [TestCase(1)]
    [TestCase(30)]
    [TestCase(200)]
    public void Values_that_no_number_goes_with_reach_their_queries_alone(int key)
    {
        double[][] inputs = Inputs(1, 90, 210, 6);
        float[] infinite = Result(inputs, key, float.NegativeInfinity), undefined = Result(inputs, key, float.NaN);
        float[] expected = Result(inputs, key, -1e30f);
        Assert.That(undefined, Is.All.NaN);
        Assert.That(infinite[..6], Is.EqualTo(expected[..6]), "a key of score minus infinity has no weight");
        Assert.That(infinite[6..], Is.All.NaN, "as all keys of a row of minus infinity, or one of infinity");
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_query_does_not_depend_on_those_beside_it(bool causal)
    {
        using MemoryScope scope = MemoryScope.Open();
        double[][] inputs = Inputs(1, 150, 200, 24);
        Tensor k = Float(inputs[1], [1, 200, 24]), v = Float(inputs[2], [1, 200, 24]);
        float[] all = F.ScaledDotProductAttention(Float(inputs[0], [1, 150, 24]), k, v, heads: 2, causal).ToArray<float>();
        for (int queries = 1; queries <= 130; queries += queries < 4 ? 1 : 14)
        {
            Tensor q = Float(inputs[0][..(queries * 24)], [1, queries, 24]);
            float[] few = F.ScaledDotProductAttention(q, k, v, heads: 2, causal).ToArray<float>();
            Assert.That(few, Is.EqualTo(all[..few.Length]), $"{queries} queries");
        }
    }

    [TestCase(3, 100, 100, true)]
    [TestCase(1, 700, 500, false)]
    [TestCase(1, 400, 800, true)]
    public unsafe void One_thread_finds_the_same_bits_as_all(int images, int queries, int keys, bool causal)
    {
        AttentionShape shape = new(images, queries, keys, Heads: 2, HeadDim: 20, causal);
        float[][] inputs = [.. Inputs(images, queries, keys, shape.Stride).Select(x => x.Select(value => (float)value).ToArray())];
        float[][] expected = Run(), alone = [];
        CpuThreads.For(2, i =>      // a loop inside a loop runs on its caller
        {
            float[][] found = Run();
            if (i == 1) alone = found;
        });
        Assert.That(alone, Is.EqualTo(expected));

        float[][] Run()
        {
            float[] y = new float[inputs[0].Length], logs = new float[images * 2 * queries];
            float[] dq = new float[y.Length], dk = new float[inputs[1].Length], dv = new float[dk.Length];
            fixed (float* pq = inputs[0], pk = inputs[1], pv = inputs[2], py = y, plogs = logs, pdq = dq, pdk = dk, pdv = dv)
            {
                AttentionKernel<float>.Forward(pq, pk, pv, py, plogs, shape);
                AttentionGradientKernel<float>.Backward(pq, pk, pv, py, plogs, pq, pdq, pdk, pdv, shape);
            }

            return [y, logs, dq, dk, dv];
        }
    }

    [Test]
    public void A_batch_without_images_has_gradients_without_elements()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor[] inputs = [.. Enumerable.Range(0, 3).Select(_ => Tensor.Zeros([0, 5, 6], DType.F32, Backend.Cpu))];
        Backward(inputs, heads: 2, causal: false);
        Assert.That(inputs.Select(x => x.Grad!.Count), Is.All.Zero);
    }

    [Test]
    public void A_causal_query_reads_no_later_position()
    {
        using MemoryScope scope = MemoryScope.Open();
        double[][] inputs = Inputs(1, 90, 90, 6);
        float[] before = Causal(inputs);
        for (int i = 80 * 6; i < 90 * 6; i++)
            inputs[1][i] = inputs[2][i] = 1e15;
        Assert.That(Causal(inputs)[..(80 * 6)], Is.EqualTo(before[..(80 * 6)]));
    }

    [Test]
    public void Keys_of_another_batch_are_refused()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor q = Tensor.Zeros([2, 5, 6], DType.F32, Backend.Cpu), k = Tensor.Zeros([3, 4, 6], DType.F32, Backend.Cpu);
        Assert.That(
            () => F.ScaledDotProductAttention(q, k, k, heads: 2), Throws.TypeOf<ShapeException>().With.Message.Contains("[2, 4, 6]"));
        Assert.That(
            () => F.ScaledDotProductAttention(q, q, q, heads: 4), Throws.TypeOf<ShapeException>().With.Message.Contains("heads = 4"));
    }

    /// <summary>One head; the first query is 1, the second -1 and the others 0 in column 0, where a key has the value.</summary>
    static float[] Result(double[][] inputs, int key, float value)
    {
        using MemoryScope scope = MemoryScope.Open();
        double[] q = [.. inputs[0]], k = [.. inputs[1]];
        for (int i = 0; i < 90; i++)
            q[i * 6] = i == 0 ? 1 : i == 1 ? -1 : 0;
        k[key * 6] = value;
        return F.ScaledDotProductAttention(Float(q, [1, 90, 6]), Float(k, [1, 210, 6]), Float(inputs[2], [1, 210, 6]), heads: 1)
            .ToArray<float>();
    }

    static float[] Causal(double[][] inputs)
    {
        Tensor[] t = [.. inputs.Select(x => Float(x, [1, 90, 6]))];
        return F.ScaledDotProductAttention(t[0], t[1], t[2], heads: 2, causal: true).ToArray<float>();
    }

    static void Backward(Tensor[] inputs, int heads, bool causal)
    {
        foreach (Tensor input in inputs)
            input.RequiresGrad = true;
        using Tape tape = Tape.Open();
        Tensor y = F.ScaledDotProductAttention(inputs[0], inputs[1], inputs[2], heads, causal);
        double[] cotangent = [.. Enumerable.Range(0, (int)y.Count).Select(i => Math.Sin(1.3 * i))];
        tape.Backward(y, y.DType == DType.F64 ? Tensor.From(cotangent, y.Shape) : Float(cotangent, y.Shape));
    }

    static double[] Formula(double[][] inputs, int images, int queries, int keys, int heads, int headDim, bool causal)
    {
        int width = heads * headDim;
        var y = new double[images * queries * width];
        for (int row = 0; row < images * heads * queries; row++)
        {
            int image = row / (heads * queries), head = row / queries % heads, s = row % queries;
            int from = (image * queries + s) * width + head * headDim;
            int seen = causal ? Math.Min(keys, s + 1) : keys;
            double[] scores = new double[seen];
            for (int j = 0; j < seen; j++)
            {
                for (int c = 0; c < headDim; c++)
                    scores[j] += inputs[0][from + c] * inputs[1][(image * keys + j) * width + head * headDim + c] / Math.Sqrt(headDim);
            }

            double total = scores.Sum(Math.Exp);
            for (int j = 0; j < seen; j++)
            {
                for (int c = 0; c < headDim; c++)
                    y[from + c] += Math.Exp(scores[j]) / total * inputs[2][(image * keys + j) * width + head * headDim + c];
            }
        }

        return y;
    }

    static double[][] Inputs(int images, int queries, int keys, int width)
    {
        Random random = new(3);
        return [Values(random, images * queries * width), Values(random, images * keys * width), Values(random, images * keys * width)];
    }

    static double[] Values(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (double)(float)(4 * random.NextDouble() - 2))];

    static Tensor Float(double[] values, Shape shape) => Tensor.From([.. values.Select(x => (float)x)], shape);
}
