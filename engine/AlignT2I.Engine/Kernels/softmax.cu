// Softmax over the last axis: y = e^(x - max) / sum; dx = y (dy - sum(dy y)).
// x, y, dy, dx [rows, columns] Scalar.
// Launch: 256 threads: a warp per row (_warp, 8 rows a block) up to 1,024 columns, else a block per row (_block).
// _scalar forms where columns is no multiple of a 16-byte pack.
#include "common.cuh"

template <int TEAM, int W> __device__ inline void softmax(const Scalar* x, Scalar* y, long long rows, int columns)
{
    long long row = (long long)blockIdx.x * (256 / TEAM) + threadIdx.x / TEAM;
    int lane = threadIdx.x % TEAM;
    bool active = row < rows;
    float v[W], largest = negative_infinity(), sum = 0.f;
    for (int c = lane * W; active && c < columns; c += TEAM * W)
    {
        load_pack<W>(x, row * columns + c, v);
#pragma unroll
        for (int k = 0; k < W; k++)
            largest = Max::combine(largest, v[k]);
    }
    largest = team_max<TEAM>(largest);
    for (int c = lane * W; active && c < columns; c += TEAM * W)
    {
        load_pack<W>(x, row * columns + c, v);
#pragma unroll
        for (int k = 0; k < W; k++)
            sum += expf(v[k] - largest);
    }
    float inverse = 1.f / team_sum<TEAM>(sum);
    for (int c = lane * W; active && c < columns; c += TEAM * W)
    {
        load_pack<W>(x, row * columns + c, v);
#pragma unroll
        for (int k = 0; k < W; k++)
            v[k] = expf(v[k] - largest) * inverse;
        store_pack<W>(y, row * columns + c, v);
    }
}

template <int TEAM, int W> __device__ inline void softmax_gradient(
    const Scalar* y, const Scalar* dy, Scalar* dx, long long rows, int columns)
{
    long long row = (long long)blockIdx.x * (256 / TEAM) + threadIdx.x / TEAM;
    int lane = threadIdx.x % TEAM;
    bool active = row < rows;
    float v[W], d[W], sum = 0.f;
    for (int c = lane * W; active && c < columns; c += TEAM * W)
    {
        load_pack<W>(y, row * columns + c, v);
        load_pack<W>(dy, row * columns + c, d);
#pragma unroll
        for (int k = 0; k < W; k++)
            sum = fmaf(v[k], d[k], sum);
    }
    sum = team_sum<TEAM>(sum);
    for (int c = lane * W; active && c < columns; c += TEAM * W)
    {
        load_pack<W>(y, row * columns + c, v);
        load_pack<W>(dy, row * columns + c, d);
#pragma unroll
        for (int k = 0; k < W; k++)
            d[k] = v[k] * (d[k] - sum);
        store_pack<W>(dx, row * columns + c, d);
    }
}

#define SOFTMAX(suffix, TEAM, W) \
    extern "C" __global__ void __launch_bounds__(256) softmax_forward##suffix(const Scalar* x, Scalar* y, long long rows, int columns) \
    { \
        softmax<TEAM, W>(x, y, rows, columns); \
    } \
    extern "C" __global__ void __launch_bounds__(256) softmax_backward##suffix( \
        const Scalar* y, const Scalar* dy, Scalar* dx, long long rows, int columns) \
    { \
        softmax_gradient<TEAM, W>(y, dy, dx, rows, columns); \
    }

SOFTMAX(_warp, 32, Vector<Scalar>::WIDTH)
SOFTMAX(_warp_scalar, 32, 1)
SOFTMAX(_block, 256, Vector<Scalar>::WIDTH)
SOFTMAX(_block_scalar, 256, 1)
