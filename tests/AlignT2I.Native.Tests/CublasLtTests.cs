namespace AlignT2I.Native.Tests;

/// <summary>Row-major products through the column-major library.</summary>
internal sealed unsafe class CublasLtTests
{
    const int M = 3, N = 5, K = 4;

    readonly NativeCublasLt blas = new();

    [OneTimeTearDown]
    public void Close() => blas.Dispose();

    [Test]
    public void Version() => Assert.That(blas.Version, Is.EqualTo(new Version(13, 1, 2)));

    [Test]
    public void Every_transposition([Values] bool transposeA, [Values] bool transposeB, [Values(1, 3)] int batch)
    {
        MatMulKey key = new(M, N, K, transposeA, transposeB, NativeType.Float32, NativeType.Float32) { Batch = batch };
        float[] a = Numbers(batch * M * K, 1), b = Numbers(batch * K * N, 2), c = new float[batch * M * N];
        Run(key, a, b, c, new float[N], new float[c.Length]);
        for (int i = 0; i < c.Length; i++)
            Assert.That(c[i], Is.EqualTo(Product(key, a, b, i / (M * N), i / N % M, i % N)).Within(1e-5), $"element {i}");
    }

    [Test]
    public void Epilogues_and_a_residual([Values] MatMulEpilogue epilogue, [Values] bool withResidual)
    {
        MatMulKey key = new(M, N, K, false, true, NativeType.Float32, NativeType.Float32) { Epilogue = epilogue, Residual = withResidual };
        float[] a = Numbers(M * K, 1), b = Numbers(K * N, 2), c = new float[M * N], bias = Numbers(N, 3), residual = Numbers(M * N, 4);
        Run(key, a, b, c, bias, residual, alpha: 0.5f, beta: 2);
        for (int i = 0; i < c.Length; i++)
        {
            double x = 0.5 * Product(key, a, b, 0, i / N, i % N) + (withResidual ? 2 * residual[i] : 0);
            if (epilogue != MatMulEpilogue.None)
                x += bias[i % N];
            if (epilogue == MatMulEpilogue.BiasGeluTanh)
                x = 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
            Assert.That(c[i], Is.EqualTo(x).Within(1e-5), $"element {i}");
        }
    }

    [Test]
    public void Rows_that_are_apart()
    {
        MatMulKey key = new(M, N, K, false, false, NativeType.Float32, NativeType.Float32) { LeadingA = 7, LeadingB = 9, LeadingC = 6 };
        float[] a = Numbers(M * 7, 1), b = Numbers(K * 9, 2), c = Enumerable.Repeat(-1f, M * 6).ToArray();
        Run(key, a, b, c, new float[N], c);
        for (int row = 0; row < M; row++)
        {
            for (int column = 0; column < N; column++)
            {
                double sum = Enumerable.Range(0, K).Sum(k => (double)a[row * 7 + k] * b[k * 9 + column]);
                Assert.That(c[row * 6 + column], Is.EqualTo(sum).Within(1e-5));
            }

            Assert.That(c[row * 6 + N], Is.EqualTo(-1), "between the rows nothing is written");
        }
    }

    [Test]
    public void What_the_heuristic_is_told()
    {
        MatMulKey key = new(M, N, K, false, false, NativeType.Float32, NativeType.Float32) { Alignment = 16 };
        blas.Plan(key with { TensorFloat32 = true }, 1 << 20).Dispose();
        Assert.That(*StandInLibraries.Variable<int>("libcublasLt.so.13", "last_compute"), Is.EqualTo(77));
        blas.Plan(key, 1 << 20).Dispose();
        Assert.That(*StandInLibraries.Variable<int>("libcublasLt.so.13", "last_compute"), Is.EqualTo(68));
        Assert.That(*StandInLibraries.Variable<uint>("libcublasLt.so.13", "last_alignment"), Is.EqualTo(16));
        Assert.That(*StandInLibraries.Variable<uint>("libcublasLt.so.13", "last_reductions"), Is.EqualTo(2));
        string refusal = Assert.Throws<CudaException>(() => blas.Plan(key, 0))!.Message;
        Assert.That(refusal, Does.Contain("CUBLAS_STATUS_NOT_SUPPORTED (15)").And.Contain("Rows = 3"));
    }

    [Test]
    public void Sixteen_bits_in_and_thirty_two_out()
    {
        MatMulKey key = new(M, N, K, false, false, NativeType.Float16, NativeType.Float32);
        Half[] a = [.. Numbers(M * K, 1).Select(v => (Half)v)], b = [.. Numbers(K * N, 2).Select(v => (Half)v)];
        float[] c = new float[M * N];
        Run(key, a, b, c, new float[N], c);
        for (int i = 0; i < c.Length; i++)
            Assert.That(c[i], Is.EqualTo(Product(key, Floats(a), Floats(b), 0, i / N, i % N)).Within(1e-5));
    }

    void Run<T>(MatMulKey key, T[] a, T[] b, float[] c, float[] bias, float[] residual, float alpha = 1, float beta = 1)
        where T : unmanaged
    {
        using IMatMulPlan plan = blas.Plan(key, 1 << 20);
        byte[] workspace = new byte[plan.WorkspaceBytes];
        fixed (T* pa = a, pb = b)
        fixed (float* pc = c, pbias = bias, presidual = residual)
        fixed (byte* scratch = workspace)
        {
            MatMulOperands operands = new((nint)pa, (nint)pb, (nint)pc)
            {
                Bias = (nint)pbias,
                Residual = (nint)presidual,
                Alpha = alpha,
                Beta = beta,
            };
            plan.Run(operands, (nint)scratch, default);
        }
    }

    static double Product(MatMulKey key, float[] a, float[] b, int batch, int row, int column) => Enumerable.Range(0, K).Sum(k =>
        (double)a[batch * M * K + (key.TransposeA ? k * M + row : row * K + k)]
            * b[batch * K * N + (key.TransposeB ? column * K + k : k * N + column)]);

    static float[] Floats(Half[] values) => [.. values.Select(v => (float)v)];

    static float[] Numbers(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextSingle() - 1)];
    }
}
