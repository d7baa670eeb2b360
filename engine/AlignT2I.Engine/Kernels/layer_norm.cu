// Layer normalization over the last axis. Ba et al. 2016, arXiv:1607.06450.
//   h = (x - mean) rstd, y = h weight + bias; g = dy weight: dx = rstd (g - avg(g) - h avg(g h)), dweight = sum dy h, dbias = sum dy
// x, y, dy, dx [rows, columns] Scalar; weight, bias, dweight, dbias [columns], mean, rstd [rows] float.
// Launch: 256 threads: a warp per row (_warp, 8 rows a block) up to 1,024 columns, else a block per row (_block); the row is read
// again from the first-level cache for each of its passes. Parameter gradients: columns.cuh, then reduction.cu finish_columns.
// _scalar forms where columns is no multiple of a 16-byte pack.
#include "columns.cuh"

template <int TEAM, int W> __device__ inline void normalize(
    const Scalar* x, const float* weight, const float* bias, Scalar* y, float* mean, float* rstd, long long rows, int columns, float eps)
{
    long long row = (long long)blockIdx.x * (256 / TEAM) + threadIdx.x / TEAM;
    int lane = threadIdx.x % TEAM;
    bool active = row < rows;
    float v[W], sum = 0.f;
    for (int c = lane * W; active && c < columns; c += TEAM * W)
    {
        load_pack<W>(x, row * columns + c, v);
#pragma unroll
        for (int k = 0; k < W; k++)
            sum += v[k];
    }
    float m = team_sum<TEAM>(sum) / columns;
    sum = 0.f;
    for (int c = lane * W; active && c < columns; c += TEAM * W)
    {
        load_pack<W>(x, row * columns + c, v);
#pragma unroll
        for (int k = 0; k < W; k++)
            sum = fmaf(v[k] - m, v[k] - m, sum);
    }
    float r = 1.f / sqrtf(team_sum<TEAM>(sum) / columns + eps);
    if (active && lane == 0)
    {
        mean[row] = m;
        rstd[row] = r;
    }
    for (int c = lane * W; active && c < columns; c += TEAM * W)
    {
        float w[W], b[W];
        load_pack<W>(x, row * columns + c, v);
        load_floats<W>(weight, c, w);
        load_floats<W>(bias, c, b);
#pragma unroll
        for (int k = 0; k < W; k++)
            v[k] = fmaf((v[k] - m) * r, w[k], b[k]);
        store_pack<W>(y, row * columns + c, v);
    }
}

template <int TEAM, int W> __device__ inline void normalize_gradient(
    const Scalar* x, const float* weight, const float* mean, const float* rstd, const Scalar* dy, Scalar* dx, long long rows, int columns)
{
    long long row = (long long)blockIdx.x * (256 / TEAM) + threadIdx.x / TEAM;
    int lane = threadIdx.x % TEAM;
    bool active = row < rows;
    float m = active ? mean[row] : 0.f, r = active ? rstd[row] : 0.f;
    float v[W], d[W], w[W], g = 0.f, gh = 0.f;
    for (int c = lane * W; active && c < columns; c += TEAM * W)
    {
        load_pack<W>(x, row * columns + c, v);
        load_pack<W>(dy, row * columns + c, d);
        load_floats<W>(weight, c, w);
#pragma unroll
        for (int k = 0; k < W; k++)
        {
            float term = d[k] * w[k];
            g += term;
            gh = fmaf(term, (v[k] - m) * r, gh);
        }
    }
    g = team_sum<TEAM>(g) / columns;
    gh = team_sum<TEAM>(gh) / columns;
    for (int c = lane * W; active && c < columns; c += TEAM * W)
    {
        load_pack<W>(x, row * columns + c, v);
        load_pack<W>(dy, row * columns + c, d);
        load_floats<W>(weight, c, w);
#pragma unroll
        for (int k = 0; k < W; k++)
            d[k] = r * (d[k] * w[k] - g - (v[k] - m) * r * gh);
        store_pack<W>(dx, row * columns + c, d);
    }
}

template <int W> __device__ inline void parameter_gradients(
    const Scalar* x, const float* mean, const float* rstd, const Scalar* dy, float* partialDweight, float* partialDbias,
    long long rows, int columns, int lanes, int chunks, int chunkRows)
{
    ColumnBlock block(rows, columns / W, lanes, chunks, chunkRows);
    float dweight[W], dbias[W];
#pragma unroll
    for (int k = 0; k < W; k++)
        dweight[k] = dbias[k] = 0.f;
    if (block.active)
    {
        for (long long row = block.start + block.rowLane; row < block.end; row += block.rowLanes)
        {
            float v[W], d[W], m = mean[row], r = rstd[row];
            load_pack<W>(x, row * columns + (long long)block.pack * W, v);
            load_pack<W>(dy, row * columns + (long long)block.pack * W, d);
#pragma unroll
            for (int k = 0; k < W; k++)
            {
                dbias[k] += d[k];
                dweight[k] = fmaf(d[k], (v[k] - m) * r, dweight[k]);
            }
        }
    }
    add_row_lanes<W>(block, lanes, dweight);
    add_row_lanes<W>(block, lanes, dbias);
    if (!block.active || block.rowLane != 0)
        return;
    long long to = (long long)block.chunk * columns + (long long)block.pack * W;
    store_floats<W>(partialDweight, to, dweight);
    store_floats<W>(partialDbias, to, dbias);
}

#define LAYER_NORM(suffix, TEAM, W) \
    extern "C" __global__ void __launch_bounds__(256) layer_norm_forward##suffix( \
        const Scalar* x, const float* weight, const float* bias, Scalar* y, float* mean, float* rstd, long long rows, int columns, \
        float eps) \
    { \
        normalize<TEAM, W>(x, weight, bias, y, mean, rstd, rows, columns, eps); \
    } \
    extern "C" __global__ void __launch_bounds__(256) layer_norm_backward##suffix( \
        const Scalar* x, const float* weight, const float* mean, const float* rstd, const Scalar* dy, Scalar* dx, long long rows, \
        int columns) \
    { \
        normalize_gradient<TEAM, W>(x, weight, mean, rstd, dy, dx, rows, columns); \
    }

LAYER_NORM(_warp, 32, Vector<Scalar>::WIDTH)
LAYER_NORM(_warp_scalar, 32, 1)
LAYER_NORM(_block, 256, Vector<Scalar>::WIDTH)
LAYER_NORM(_block_scalar, 256, 1)

#define LAYER_NORM_PARAMETERS(suffix, W) \
    extern "C" __global__ void __launch_bounds__(COLUMN_THREADS) layer_norm_backward_parameters##suffix( \
        const Scalar* x, const float* mean, const float* rstd, const Scalar* dy, float* partialDweight, float* partialDbias, \
        long long rows, int columns, int lanes, int chunks, int chunkRows) \
    { \
        parameter_gradients<W>(x, mean, rstd, dy, partialDweight, partialDbias, rows, columns, lanes, chunks, chunkRows); \
    }

LAYER_NORM_PARAMETERS(, Vector<Scalar>::WIDTH)
LAYER_NORM_PARAMETERS(_scalar, 1)
