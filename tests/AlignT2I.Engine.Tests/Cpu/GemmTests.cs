using System.Numerics;
using AlignT2I.Engine.Backends.Cpu;

namespace AlignT2I.Engine.Tests.Cpu;

public unsafe class GemmTests
{
    const double Guard = 12345;
    static readonly (int M, int N, int K)[] sizes =
    [
        (1, 1, 1), (7, 5, 3), (8, 48, 16), (9, 49, 17), (16, 64, 200), (3, 130, 33), (67, 80, 401), (200, 31, 7), (33, 16, 1030),
        (5, 40, 2500), (48, 48, 4099), (130, 96, 48), (64, 1, 40), (0, 5, 4), (5, 0, 4), (4, 6, 0), (400, 200, 100),
    ];

    [Test]
    public void Float_product_matches_a_loop(
        [ValueSource(nameof(sizes))] (int M, int N, int K) size, [Values] bool transposeA, [Values] bool transposeB)
        => Check<float>(size, transposeA, transposeB, tolerance: 2e-6);

    [Test]
    public void Double_product_matches_a_loop(
        [ValueSource(nameof(sizes))] (int M, int N, int K) size, [Values] bool transposeA, [Values] bool transposeB)
        => Check<double>(size, transposeA, transposeB, tolerance: 1e-14);

    [Test]
    public void Batched_products_match_a_loop([Values(1, 2, 5)] int batch)
    {
        const int M = 9, N = 20, K = 13;
        float[] a = KernelValues.Random<float>(batch * M * K, 1), b = KernelValues.Random<float>(batch * K * N, 2);
        float[] c = new float[batch * M * N];
        fixed (float* pa = a, pb = b, pc = c)
            Gemm<float>.MultiplyBatch(batch, false, false, M, N, K, pa, K, M * K, pb, N, K * N, pc, N, M * N);
        for (int i = 0; i < batch; i++)
        {
            for (int row = 0; row < M; row++)
            {
                for (int column = 0; column < N; column++)
                {
                    double sum = 0;
                    for (int k = 0; k < K; k++) sum += (double)a[(i * M + row) * K + k] * b[(i * K + k) * N + column];
                    Assert.That(c[(i * M + row) * N + column], Is.EqualTo(sum).Within(1e-5));
                }
            }
        }
    }

    [Test]
    public void A_cut_sum_gives_the_same_bits_every_time()
    {
        const int M = 48, N = 48, K = 4096;
        float[] a = KernelValues.Random<float>(K * M, 1), b = KernelValues.Random<float>(K * N, 2);
        float[] first = new float[M * N], again = new float[M * N];
        fixed (float* pa = a, pb = b, pc = first) Gemm<float>.Multiply(true, false, M, N, K, pa, M, pb, N, pc, N);
        for (int repeat = 0; repeat < 20; repeat++)
        {
            fixed (float* pa = a, pb = b, pc = again) Gemm<float>.Multiply(true, false, M, N, K, pa, M, pb, N, pc, N);
            Assert.That(again, Is.EqualTo(first));
        }
    }

    static void Check<T>((int M, int N, int K) size, bool transposeA, bool transposeB, double tolerance)
        where T : unmanaged, INumberBase<T>
    {
        (int m, int n, int k) = size;
        int lda = (transposeA ? m : k) + 3, ldb = (transposeB ? k : n) + 2, ldc = n + 5;
        T[] a = KernelValues.Random<T>((transposeA ? k : m) * lda, 1), b = KernelValues.Random<T>((transposeB ? n : k) * ldb, 2);
        T[] bias = KernelValues.Random<T>(n + 1, 3);
        foreach (bool withBias in new[] { false, true })
        {
            var c = new T[(m + 2) * ldc];
            Array.Fill(c, T.CreateChecked(Guard));
            fixed (T* pa = a, pb = b, pc = c, pbias = bias)
            {
                Gemm<T>.Multiply(
                    transposeA, transposeB, m, n, k, pa, lda, pb, ldb, pc + ldc, ldc,
                    new() { Columns = n, Bias = withBias ? pbias : null });
            }
            for (int row = -1; row <= m; row++)
            {
                for (int column = 0; column < ldc; column++)
                {
                    double found = double.CreateChecked(c[(row + 1) * ldc + column]);
                    if (row < 0 || row == m || column >= n)
                    {
                        if (found != Guard) Assert.Fail($"row {row}, column {column} lies outside C and was written");
                        continue;
                    }
                    double sum = withBias ? double.CreateChecked(bias[column]) : 0, magnitude = 0;
                    for (int i = 0; i < k; i++)
                    {
                        double product = double.CreateChecked(a[transposeA ? i * lda + row : row * lda + i])
                            * double.CreateChecked(b[transposeB ? column * ldb + i : i * ldb + column]);
                        sum += product;
                        magnitude += Math.Abs(product);
                    }
                    if (!(Math.Abs(found - sum) <= tolerance * (magnitude + 1)))
                        Assert.Fail($"row {row}, column {column}: {found} instead of {sum}; bias {withBias}");
                }
            }
        }
    }
}
