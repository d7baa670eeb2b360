// Sums in a fixed order: float inside a block, float64 over blocks.
//   sum_rows, dot_rows        partial[r, j] = sum over chunk j of a[r, i] (b[r, i]);  finish_rows  y[r] = multiply * sum of partial[r, j]
//   sum_columns, dot_columns  partial[g, j, c] = sum over chunk j of a[g, r, c] (b[g, r, c]);  finish_columns  y[g, c] = sum over j
//   l2_normalize              y = x / norm, norm = max(|x|, eps) per row;  dx = (dy - y dot(y, dy)) / norm, dy / norm where norm = eps
// a, b and the x, y, dy, dx of l2_normalize Scalar; all sums, norm and the y of finish_* float.
// Launch: rows by 256 threads: a warp per row (_warp, 8 rows a block) or a block per row (_block), grid y = chunks; columns
// as columns.cuh;
// finish_*: one thread per result. _scalar forms where a row is no multiple of a pack.
#include "columns.cuh"

// Sum of one chunk of a row by TEAM threads. Elements after the last whole pack (one long row only) are added one by one.
template <int TEAM, int W> __device__ inline void partial_rows(
    const Scalar* a, const Scalar* b, float* partial, long long rows, long long columns, int chunks, long long chunkColumns)
{
    const int teams = 256 / TEAM;
    long long row = (long long)blockIdx.x * teams + threadIdx.x / TEAM;
    long long start = blockIdx.y * chunkColumns, end = start + chunkColumns < columns ? start + chunkColumns : columns;
    int lane = threadIdx.x % TEAM;
    float sum = 0.f;
    if (row < rows)
    {
        long long first = row * columns, packs = (end - start) / W;
        for (long long i = lane; i < packs; i += TEAM)
        {
            float u[W], v[W];
            load_pack<W>(a, first + start + i * W, u);
            if (b != nullptr)
                load_pack<W>(b, first + start + i * W, v);
#pragma unroll
            for (int k = 0; k < W; k++)
                sum = b != nullptr ? fmaf(u[k], v[k], sum) : sum + u[k];
        }
        for (long long i = start + packs * W + lane; i < end; i += TEAM)
            sum += load(a, first + i) * (b != nullptr ? load(b, first + i) : 1.f);
    }
    sum = team_sum<TEAM>(sum);
    if (row < rows && lane == 0)
        partial[row * chunks + blockIdx.y] = sum;
}

#define ROWS(suffix, TEAM, W) \
    extern "C" __global__ void __launch_bounds__(256) sum_rows##suffix( \
        const Scalar* a, float* partial, long long rows, long long columns, int chunks, long long chunkColumns) \
    { \
        partial_rows<TEAM, W>(a, nullptr, partial, rows, columns, chunks, chunkColumns); \
    } \
    extern "C" __global__ void __launch_bounds__(256) dot_rows##suffix( \
        const Scalar* a, const Scalar* b, float* partial, long long rows, long long columns, int chunks, long long chunkColumns) \
    { \
        partial_rows<TEAM, W>(a, b, partial, rows, columns, chunks, chunkColumns); \
    }

ROWS(_warp, 32, Vector<Scalar>::WIDTH)
ROWS(_warp_scalar, 32, 1)
ROWS(_block, 256, Vector<Scalar>::WIDTH)
ROWS(_block_scalar, 256, 1)

extern "C" __global__ void __launch_bounds__(256) finish_rows(const float* partial, float* y, long long rows, int chunks, double multiply)
{
    long long row = thread_index();
    if (row >= rows)
        return;
    double sum = 0;
    for (int j = 0; j < chunks; j++)
        sum += partial[row * chunks + j];
    y[row] = (float)(multiply * sum);
}

template <int W> __device__ inline void partial_columns(
    const Scalar* a, const Scalar* b, float* partial, long long groupRows, int columns, int lanes, int chunks, int chunkRows)
{
    ColumnBlock block(groupRows, columns / W, lanes, chunks, chunkRows);
    float sums[W];
#pragma unroll
    for (int k = 0; k < W; k++)
        sums[k] = 0.f;
    if (block.active)
    {
        for (long long row = block.start + block.rowLane; row < block.end; row += block.rowLanes)
        {
            float u[W], v[W];
            long long at = (block.group * groupRows + row) * columns + (long long)block.pack * W;
            load_pack<W>(a, at, u);
            if (b != nullptr)
                load_pack<W>(b, at, v);
#pragma unroll
            for (int k = 0; k < W; k++)
                sums[k] = b != nullptr ? fmaf(u[k], v[k], sums[k]) : sums[k] + u[k];
        }
    }
    add_row_lanes<W>(block, lanes, sums);
    if (block.active && block.rowLane == 0)
        store_floats<W>(partial, (block.group * chunks + block.chunk) * columns + (long long)block.pack * W, sums);
}

#define COLUMNS(suffix, W) \
    extern "C" __global__ void __launch_bounds__(COLUMN_THREADS) sum_columns##suffix( \
        const Scalar* a, float* partial, long long groupRows, int columns, int lanes, int chunks, int chunkRows) \
    { \
        partial_columns<W>(a, nullptr, partial, groupRows, columns, lanes, chunks, chunkRows); \
    } \
    extern "C" __global__ void __launch_bounds__(COLUMN_THREADS) dot_columns##suffix( \
        const Scalar* a, const Scalar* b, float* partial, long long groupRows, int columns, int lanes, int chunks, int chunkRows) \
    { \
        partial_columns<W>(a, b, partial, groupRows, columns, lanes, chunks, chunkRows); \
    }

COLUMNS(, Vector<Scalar>::WIDTH)
COLUMNS(_scalar, 1)

extern "C" __global__ void __launch_bounds__(256) finish_columns(const float* partial, float* y, long long count, int columns, int chunks)
{
    long long i = thread_index();
    if (i >= count)
        return;
    long long group = i / columns, column = i % columns;
    double sum = 0;
    for (int j = 0; j < chunks; j++)
        sum += partial[(group * chunks + j) * columns + column];
    y[i] = (float)sum;
}

template <int TEAM, int W> __device__ inline void normalize_row(const Scalar* x, Scalar* y, float* norm, long long rows, int columns,
    float eps)
{
    long long row = (long long)blockIdx.x * (256 / TEAM) + threadIdx.x / TEAM;
    int lane = threadIdx.x % TEAM;
    bool active = row < rows;
    float sum = 0.f, v[W];
    for (int c = lane * W; active && c < columns; c += TEAM * W)
    {
        load_pack<W>(x, row * columns + c, v);
#pragma unroll
        for (int k = 0; k < W; k++)
            sum = fmaf(v[k], v[k], sum);
    }
    float length = fmaxf(sqrtf(team_sum<TEAM>(sum)), eps);
    if (active && lane == 0)
        norm[row] = length;
    for (int c = lane * W; active && c < columns; c += TEAM * W)
    {
        load_pack<W>(x, row * columns + c, v);
#pragma unroll
        for (int k = 0; k < W; k++)
            v[k] /= length;
        store_pack<W>(y, row * columns + c, v);
    }
}

template <int TEAM, int W> __device__ inline void normalize_row_gradient(
    const Scalar* y, const float* norm, const Scalar* dy, Scalar* dx, long long rows, int columns, float eps)
{
    long long row = (long long)blockIdx.x * (256 / TEAM) + threadIdx.x / TEAM;
    int lane = threadIdx.x % TEAM;
    bool active = row < rows;
    float sum = 0.f, v[W], d[W];
    for (int c = lane * W; active && c < columns; c += TEAM * W)
    {
        load_pack<W>(y, row * columns + c, v);
        load_pack<W>(dy, row * columns + c, d);
#pragma unroll
        for (int k = 0; k < W; k++)
            sum = fmaf(v[k], d[k], sum);
    }
    float dot = team_sum<TEAM>(sum), length = active ? norm[row] : 1.f;
    if (length <= eps)
        dot = 0.f;
    for (int c = lane * W; active && c < columns; c += TEAM * W)
    {
        load_pack<W>(y, row * columns + c, v);
        load_pack<W>(dy, row * columns + c, d);
#pragma unroll
        for (int k = 0; k < W; k++)
            d[k] = (d[k] - v[k] * dot) / length;
        store_pack<W>(dx, row * columns + c, d);
    }
}

#define L2(suffix, TEAM, W) \
    extern "C" __global__ void __launch_bounds__(256) l2_normalize_forward##suffix( \
        const Scalar* x, Scalar* y, float* norm, long long rows, int columns, float eps) \
    { \
        normalize_row<TEAM, W>(x, y, norm, rows, columns, eps); \
    } \
    extern "C" __global__ void __launch_bounds__(256) l2_normalize_backward##suffix( \
        const Scalar* y, const float* norm, const Scalar* dy, Scalar* dx, long long rows, int columns, float eps) \
    { \
        normalize_row_gradient<TEAM, W>(y, norm, dy, dx, rows, columns, eps); \
    }

L2(_warp, 32, Vector<Scalar>::WIDTH)
L2(_warp_scalar, 32, 1)
L2(_block, 256, Vector<Scalar>::WIDTH)
L2(_block_scalar, 256, 1)
