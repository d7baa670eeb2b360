// cast_to_T: y = x in type T, x of FROM; both f32, f64, bf16, f16, i32, i64 or u8: to nearest even between floating-point types, toward
// zero
// and saturating to integers, where NaN gives 0.
// Launch: 256 threads, one pack of 16 bytes of the wider type per thread, grid-stride beyond.
#include "common.cuh"

#ifndef FROM
#define FROM Scalar
#endif

typedef double f64;
typedef int i32;
typedef long long i64;
typedef unsigned char u8;

// What the arithmetic of a conversion starts from.
__device__ inline float widen(f32 x) { return x; }
__device__ inline float widen(bf16 x) { return to_float(x); }
__device__ inline float widen(f16 x) { return to_float(x); }
__device__ inline double widen(f64 x) { return x; }
__device__ inline i32 widen(i32 x) { return x; }
__device__ inline i64 widen(i64 x) { return x; }
__device__ inline i32 widen(u8 x) { return x; }

// float32 rounded to odd: rounding the result once more to 16 bits is as good as rounding once.
__device__ inline float to_odd(double x)
{
    float y = (float)x;
    if ((double)y == x || x != x)
        return y;
    unsigned bits = __float_as_uint(y);
    if (fabs((double)y) > fabs(x))
        bits--;
    return __uint_as_float(bits | 1);
}

__device__ inline float to_odd(float x) { return x; }
__device__ inline float to_odd(i32 x) { return (float)x; }
__device__ inline float to_odd(i64 x) { return (float)x; }

template <class T> __device__ inline void convert(T x, f32& y) { y = (float)x; }
template <class T> __device__ inline void convert(T x, f64& y) { y = (double)x; }
template <class T> __device__ inline void convert(T x, bf16& y) { round_to(to_odd(x), y); }
template <class T> __device__ inline void convert(T x, f16& y) { round_to(to_odd(x), y); }

template <class T> __device__ inline void convert(T x, i32& y)
{
    y = x != x ? 0 : x >= (T)2147483647 ? 2147483647 : x <= (T)-2147483648LL ? (int)-2147483648LL : (int)x;
}

template <class T> __device__ inline void convert(T x, i64& y)
{
    const long long largest = 9223372036854775807LL;
    y = x != x ? 0 : x >= (T)largest ? largest : x <= (T)(-largest - 1) ? -largest - 1 : (long long)x;
}

__device__ inline void convert(i32 x, i64& y) { y = x; }

template <class T> __device__ inline void convert(T x, u8& y)
{
    y = x != x ? (u8)0 : x >= (T)255 ? (u8)255 : x <= (T)0 ? (u8)0 : (u8)x;
}

template <class To> __device__ inline void cast(const FROM* x, To* y, long long count)
{
    const int W = 16 / (sizeof(FROM) > sizeof(To) ? sizeof(FROM) : sizeof(To));
    long long packs = count / W;
    for (long long i = thread_index(); i < packs; i += thread_count())
    {
        Pack<FROM, W> from = *reinterpret_cast<const Pack<FROM, W>*>(x + i * W);
        Pack<To, W> to;
#pragma unroll
        for (int k = 0; k < W; k++)
            convert(widen(from.at[k]), to.at[k]);
        *reinterpret_cast<Pack<To, W>*>(y + i * W) = to;
    }
    for (long long i = packs * W + thread_index(); i < count; i += thread_count())
    {
        To value;
        convert(widen(x[i]), value);
        y[i] = value;
    }
}

#define CAST(To) \
    extern "C" __global__ void __launch_bounds__(256) cast_to_##To(const FROM* x, To* y, long long count) \
    { \
        cast(x, y, count); \
    }

CAST(f32)
CAST(f64)
CAST(bf16)
CAST(f16)
CAST(i32)
CAST(i64)
CAST(u8)
