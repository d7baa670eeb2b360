using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>An <see cref="Epilogue"/> of a result [rows, <see cref="Columns"/>], applied part by part, each while in cache.</summary>
internal readonly unsafe struct EpilogueKernel<T> where T : unmanaged, INumberBase<T>
{
    /// <summary>Columns of the whole result.</summary>
    public required int Columns { get; init; }

    /// <summary>[Columns], added to every row; null for none.</summary>
    public T* Bias { get; init; }

    /// <summary>[samples, Columns], added to the <see cref="SampleRows"/> rows of each sample; null for none.</summary>
    public T* SampleBias { get; init; }

    public long SampleRows { get; init; }

    /// <summary>[rows, Columns]; null for none.</summary>
    public T* Residual { get; init; }

    public Activation Activation { get; init; }

    /// <summary>The epilogue of <paramref name="y"/> [..., C], by rows of C.</summary>
    public static EpilogueKernel<T> Of(Epilogue epilogue, Tensor y) => new()
    {
        Columns = y.Shape[^1],
        Bias = Pointer(epilogue.Bias),
        SampleBias = Pointer(epilogue.SampleBias),
        SampleRows = epilogue.SampleBias is null ? 0 : y.Shape.Rows / Math.Max(1, y.Shape[0]),
        Residual = Pointer(epilogue.Residual),
        Activation = epilogue.Activation,
    };

    /// <summary>Replaces sums by results.</summary>
    /// <param name="c">Where <paramref name="row"/> and <paramref name="column"/> meet.</param>
    /// <param name="stride">Elements from a row at <paramref name="c"/> to the next.</param>
    /// <param name="row">First row, among those of the whole result.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="column">First column.</param>
    /// <param name="columns">Number of columns.</param>
    public void Apply(T* c, nint stride, long row, int rows, int column, int columns)
    {
        switch (Activation)
        {
            case Activation.None:
                if (Bias is not null || SampleBias is not null || Residual is not null)
                    Apply<IdentityFunction>(c, stride, row, rows, column, columns);
                break;
            case Activation.Silu: Apply<SiluFunction>(c, stride, row, rows, column, columns); break;
            case Activation.Gelu: Apply<GeluFunction>(c, stride, row, rows, column, columns); break;
            case Activation.GeluTanh: Apply<GeluTanhFunction>(c, stride, row, rows, column, columns); break;
            case Activation.QuickGelu: Apply<QuickGeluFunction>(c, stride, row, rows, column, columns); break;
            case Activation.Relu: Apply<ReluFunction>(c, stride, row, rows, column, columns); break;
            default: throw new ArgumentOutOfRangeException(nameof(Activation), Activation, null);
        }
    }

    /// <summary>Asks for what <see cref="Apply"/> will read of the residual, which no other part has brought to a cache.</summary>
    public void Prefetch(long row, int rows, int column, int columns)
    {
        for (int i = 0; i < rows && Residual is not null; i++)
            CacheHint.Ask(Residual + (row + i) * Columns + column, columns);
    }

    void Apply<TFunction>(T* c, nint stride, long row, int rows, int column, int columns) where TFunction : struct, IActivation
    {
        T* bias = Bias is null ? null : Bias + column;
        (long sample, long sampleRow) = SampleBias is null ? (0, 0) : Math.DivRem(row, SampleRows);
        for (int i = 0; i < rows; i++, c += stride, sampleRow++)
        {
            if (sampleRow == SampleRows) (sample, sampleRow) = (sample + 1, 0);
            T* ofSample = SampleBias is null ? null : SampleBias + sample * Columns + column;
            T* residual = Residual is null ? null : Residual + (row + i) * Columns + column;
            int j = 0;
            for (; j + Vector512<T>.Count <= columns; j += Vector512<T>.Count)
                Finish<TFunction>(c, bias, ofSample, residual, j, Vector512<T>.Count);
            if (j < columns) Finish<TFunction>(c, bias, ofSample, residual, j, columns - j);
        }
    }

    /// <summary>A vector from column <paramref name="j"/> on, or its first <paramref name="lanes"/> elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Finish<TFunction>(T* c, T* bias, T* ofSample, T* residual, int j, int lanes) where TFunction : struct, IActivation
    {
        Vector512<T> sum = Lanes.Load(c + j, lanes);
        if (bias is not null) sum += Lanes.Load(bias + j, lanes);
        if (ofSample is not null) sum += Lanes.Load(ofSample + j, lanes);
        if (residual is not null) sum += Lanes.Load(residual + j, lanes);
        Lanes.Store(Activate<TFunction>(sum), c + j, lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> Activate<TFunction>(Vector512<T> x) where TFunction : struct, IActivation
    {
        if (typeof(T) == typeof(float)) return TFunction.Forward(x.AsSingle()).As<float, T>();
        Vector512<double> y = x.AsDouble();
        for (int lane = 0; lane < Vector512<double>.Count; lane++) y = y.WithElement(lane, TFunction.Forward(y[lane]));
        return y.As<double, T>();
    }

    static T* Pointer(Tensor? tensor) => tensor is null ? null : tensor.Pointer<T>();
}
