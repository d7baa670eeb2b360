using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>
/// What <see cref="Vector512{T}"/> lacks for kernels that are generic over float and double: fused products and partial loads.
/// </summary>
/// <remarks>Each test on the type of T is decided when the method is compiled; nothing of it is left at run time.</remarks>
internal static unsafe class Lanes
{
    /// <summary>Bytes between what <see cref="LoadAhead"/> reads and what it asks for: a quarter of a first-level cache.</summary>
    const int Ahead = 8192;

    /// <summary>a * b + c with one rounding.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Fma<T>(Vector512<T> a, Vector512<T> b, Vector512<T> c) where T : unmanaged =>
        typeof(T) == typeof(float)
            ? Vector512.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
            : Vector512.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();

    /// <summary>
    /// The first <paramref name="count"/> elements at <paramref name="source"/>, 1 to the number of lanes; zero in the other lanes.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Load<T>(T* source, int count) where T : unmanaged =>
        count >= Vector512<T>.Count ? Vector512.Load(source) : LoadPart(source, count);

    /// <summary>
    /// <see cref="Load"/>, and asks memory for what lies further on. For rows that are read in halves or twice: where each piece is short,
    /// the processor by itself asks too late.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> LoadAhead<T>(T* source, int count) where T : unmanaged
    {
        CacheHint.Ask((byte*)source + Ahead);
        return Load(source, count);
    }

    /// <summary>Writes the first <paramref name="count"/> lanes, 1 to the number of lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(Vector512<T> value, T* target, int count) where T : unmanaged
    {
        if (count >= Vector512<T>.Count)
            value.Store(target);
        else
            StorePart(value, target, count);
    }

    /// <summary>Number of vectors that hold <paramref name="count"/> elements.</summary>
    public static int Vectors<T>(int count) where T : unmanaged => (count + Vector512<T>.Count - 1) / Vector512<T>.Count;

    /// <summary>Sum of the lanes, in pairs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum<T>(Vector512<T> value) where T : unmanaged, INumberBase<T> => double.CreateTruncating(Vector512.Sum(value));

    /// <summary>sums[i] += lane i, of the first <paramref name="count"/> lanes, 1 to the number of lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddTo<T>(Vector512<T> value, double* sums, int count) where T : unmanaged, INumberBase<T>
    {
        if (count < Vector512<T>.Count)
        {
            for (int lane = 0; lane < count; lane++)
                sums[lane] += double.CreateTruncating(value[lane]);
        }
        else if (typeof(T) == typeof(float))
        {
            (Vector512<double> low, Vector512<double> high) = Vector512.Widen(value.AsSingle());
            (Vector512.Load(sums) + low).Store(sums);
            (Vector512.Load(sums + Vector512<double>.Count) + high).Store(sums + Vector512<double>.Count);
        }
        else
        {
            (Vector512.Load(sums) + value.AsDouble()).Store(sums);
        }
    }

    /// <summary>Largest lane; NaN where one is.</summary>
    public static T Max<T>(Vector512<T> value) where T : unmanaged, INumber<T>
    {
        Vector256<T> half = Vector256.Max(value.GetLower(), value.GetUpper());
        Vector128<T> quarter = Vector128.Max(half.GetLower(), half.GetUpper());
        T max = quarter[0];
        for (int lane = 1; lane < Vector128<T>.Count; lane++)
            max = T.Max(max, quarter[lane]);
        return max;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> LoadPart<T>(T* source, int count) where T : unmanaged
    {
        if (Avx512F.IsSupported)
        {
            return typeof(T) == typeof(float)
                ? Avx512F.MaskLoad((float*)source, FloatMask(count), Vector512<float>.Zero).As<float, T>()
                : Avx512F.MaskLoad((double*)source, DoubleMask(count), Vector512<double>.Zero).As<double, T>();
        }

        Vector512<T> value = default;
        Unsafe.CopyBlockUnaligned(&value, source, (uint)(count * sizeof(T)));
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void StorePart<T>(Vector512<T> value, T* target, int count) where T : unmanaged
    {
        if (!Avx512F.IsSupported)
            Unsafe.CopyBlockUnaligned(target, &value, (uint)(count * sizeof(T)));
        else if (typeof(T) == typeof(float))
            Avx512F.MaskStore((float*)target, FloatMask(count), value.AsSingle());
        else
            Avx512F.MaskStore((double*)target, DoubleMask(count), value.AsDouble());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> FloatMask(int count) => Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<double> DoubleMask(int count) =>
        Vector512.LessThan(Vector512<long>.Indices, Vector512.Create((long)count)).AsDouble();
}
