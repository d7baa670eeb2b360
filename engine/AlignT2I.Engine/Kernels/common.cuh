// What every kernel file shares: element types, vector accesses, reductions.
// SCALAR_F32, SCALAR_BF16 or SCALAR_F16 selects the storage type Scalar of a variant; arithmetic is float. Blocks have 32 k threads.
#pragma once
#include "device.cuh"

#define FULL_WARP 0xffffffffu

typedef float f32;
struct bf16 { bfloat16_bits bits; };
struct f16 { half_bits bits; };

#if defined(SCALAR_BF16)
typedef bf16 Scalar;
#elif defined(SCALAR_F16)
typedef f16 Scalar;
#else
typedef f32 Scalar;
#endif

__device__ inline float negative_infinity() { return __uint_as_float(0xff800000u); }

__device__ inline float to_float(f32 value) { return value; }
__device__ inline float to_float(bf16 value) { return bfloat16_to_float(value.bits); }
__device__ inline float to_float(f16 value) { return half_to_float(value.bits); }

// One rounding, to nearest even.
__device__ inline void round_to(float value, f32& y) { y = value; }
__device__ inline void round_to(float value, bf16& y) { y.bits = float_to_bfloat16(value); }
__device__ inline void round_to(float value, f16& y) { y.bits = float_to_half(value); }

template <class T> __device__ inline float load(const T* x, long long i) { return to_float(x[i]); }

template <class T> __device__ inline void store(T* y, long long i, float value)
{
    T rounded;
    round_to(value, rounded);
    y[i] = rounded;
}

// Elements in one access of 16 bytes. Tensors begin at multiples of 256 bytes: element i is aligned where WIDTH divides i.
template <class T> struct Vector { static const int WIDTH = 16 / sizeof(T); };

template <class T, int W> struct alignas(sizeof(T) * W) Pack { T at[W]; };

// W consecutive elements, one access; i is a multiple of W, W * sizeof(T) at most 16.
template <int W, class T> __device__ inline void load_pack(const T* x, long long i, float (&values)[W])
{
    Pack<T, W> pack = *reinterpret_cast<const Pack<T, W>*>(x + i);
#pragma unroll
    for (int k = 0; k < W; k++)
        values[k] = to_float(pack.at[k]);
}

template <int W, class T> __device__ inline void store_pack(T* y, long long i, const float (&values)[W])
{
    Pack<T, W> pack;
#pragma unroll
    for (int k = 0; k < W; k++)
        round_to(values[k], pack.at[k]);
    *reinterpret_cast<Pack<T, W>*>(y + i) = pack;
}

// W consecutive float32, W of 1, 4 or 8: what a pack of another type is computed with (weights, moments, partial sums).
template <int W> __device__ inline void load_floats(const float* x, long long i, float (&values)[W])
{
    const int STEP = W < 4 ? W : 4;
#pragma unroll
    for (int k = 0; k < W; k += STEP)
    {
        float part[STEP];
        load_pack<STEP>(x, i + k, part);
#pragma unroll
        for (int j = 0; j < STEP; j++)
            values[k + j] = part[j];
    }
}

template <int W> __device__ inline void store_floats(float* y, long long i, const float (&values)[W])
{
    const int STEP = W < 4 ? W : 4;
#pragma unroll
    for (int k = 0; k < W; k += STEP)
    {
        float part[STEP];
#pragma unroll
        for (int j = 0; j < STEP; j++)
            part[j] = values[k + j];
        store_pack<STEP>(y, i + k, part);
    }
}

__device__ inline long long thread_index() { return (long long)blockIdx.x * blockDim.x + threadIdx.x; }

__device__ inline long long thread_count() { return (long long)gridDim.x * blockDim.x; }

// Row and column of a linear index that advances by a fixed stride: one division at the start instead of one per step.
struct RowColumn
{
    long long row, rowStep;
    int column, columnStep, columns;

    __device__ inline RowColumn(long long start, long long stride, int columns) : columns(columns)
    {
        row = start / columns;
        column = (int)(start % columns);
        rowStep = stride / columns;
        columnStep = (int)(stride % columns);
    }

    __device__ inline void next()
    {
        row += rowStep;
        column += columnStep;
        if (column >= columns)
        {
            column -= columns;
            row++;
        }
    }
};

struct Sum
{
    static __device__ inline float identity() { return 0.f; }
    static __device__ inline float combine(float a, float b) { return a + b; }
};

struct Max
{
    static __device__ inline float identity() { return negative_infinity(); }
    static __device__ inline float combine(float a, float b) { return a > b || a != a ? a : b; }
};

// Reduction over lanes LANES apart at most: all of them get the result, the same bits.
template <class Op, int LANES> __device__ inline float reduce_lanes(float value)
{
#pragma unroll
    for (int offset = LANES / 2; offset > 0; offset /= 2)
        value = Op::combine(value, __shfl_xor_sync(FULL_WARP, value, offset));
    return value;
}

// Reduction over the TEAM threads that share a row: a warp, or a block of TEAM threads. Every thread of the block must call it.
template <class Op, int TEAM> __device__ inline float reduce_team(float value)
{
    value = reduce_lanes<Op, 32>(value);
    if (TEAM == 32)
        return value;
    __shared__ float warps[32];
    __syncthreads();        // what an earlier reduction left here has been read
    if (threadIdx.x % 32 == 0)
        warps[threadIdx.x / 32] = value;
    __syncthreads();
    value = Op::identity();
    for (int i = 0; i < TEAM / 32; i++)
        value = Op::combine(value, warps[i]);
    return value;
}

template <int TEAM> __device__ inline float team_sum(float value) { return reduce_team<Sum, TEAM>(value); }

template <int TEAM> __device__ inline float team_max(float value) { return reduce_team<Max, TEAM>(value); }
