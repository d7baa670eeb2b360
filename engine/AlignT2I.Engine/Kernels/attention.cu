// Attention, tile by tile: the score matrix is never in memory. Dao et al. 2022, arXiv:2205.14135.
//   p = softmax(q k^T scale), y = p v, logSumExp[s] = log sum_t e^(q_s k_t scale); scale = 1 / sqrt(headDim)
//   ds = p (dy v^T - delta), delta[s] = sum_c dy[s, c] y[s, c]: dq = scale ds k, dk = scale ds^T q, dv = p^T dy
// q, y, dq, dy [N, S, heads headDim], k, v, dk, dv [N, T, heads headDim] Scalar; logSumExp, delta [N, heads, S] float.
// COLUMNS: a block's share of the result's columns is 16 * COLUMNS of them, from 16 * COLUMNS * blockIdx.z on; a head wider than
// 256 takes several, each of which computes the scores again.
// Launch: 256 threads as 16 x 16; grid (tiles of 64 rows, N heads, shares). Rows are queries, or keys in attention_backward_keys;
// attention_delta: a warp per query and head. Thread (i, j) holds the scores of rows 4 i + 0..3 against others 4 j + 0..3, and of
// the result the columns j, j + 16, ... of its four rows. Shared memory 35 KB, no atomics.
#include "common.cuh"

#ifndef COLUMNS
#define COLUMNS 3
#endif

#define TILE 64
#define DEPTH 32        // head columns in shared memory at once, for the scores
#define PITCH 68        // TILE and a rest against bank conflicts; rows of four floats stay aligned
#define RESULT (16 * COLUMNS)

struct AttentionSizes
{
    int queries, keys, heads, headDim;
    bool causal;
};

// One head of one image of q, k, v...: row r begins at r * stride.
struct Head
{
    const Scalar* at;
    int rows, stride, width;

    __device__ inline Head(const Scalar* x, int rows, AttentionSizes sizes) : rows(rows), width(sizes.headDim)
    {
        stride = sizes.heads * width;
        at = x + ((long long)(blockIdx.y / sizes.heads) * rows * stride + (blockIdx.y % sizes.heads) * width);
    }

    __device__ inline float read(int row, int column) const
    {
        return row < rows && column < width ? load(at, (long long)row * stride + column) : 0.f;
    }
};

union Scratch
{
    struct { float rows[DEPTH][PITCH], others[DEPTH][PITCH]; } slices;
    float values[16][RESULT];
};

__device__ inline void clear(float (&scores)[4][4])
{
#pragma unroll
    for (int i = 0; i < 4; i++)
#pragma unroll
        for (int j = 0; j < 4; j++)
            scores[i][j] = 0.f;
}

// Reads columns d.. of TILE rows from `first` on, column-major. Consecutive threads take consecutive rows, 16 bytes each.
__device__ inline void read_slice(const Head& head, int first, int d, float (&slice)[DEPTH][PITCH])
{
    const int W = Vector<Scalar>::WIDTH;
    if (head.width % W == 0)
    {
        for (int i = threadIdx.x; i < TILE * DEPTH / W; i += 256)
        {
            int row = i % TILE, column = i / TILE * W;
            float v[W];
            if (first + row < head.rows && d + column < head.width)
                load_pack<W>(head.at, (long long)(first + row) * head.stride + d + column, v);
            else
            {
#pragma unroll
                for (int k = 0; k < W; k++)
                    v[k] = 0.f;
            }
#pragma unroll
            for (int k = 0; k < W; k++)
                slice[column + k][row] = v[k];
        }
        return;
    }
    for (int i = threadIdx.x; i < TILE * DEPTH; i += 256)
        slice[i / TILE][i % TILE] = head.read(first + i % TILE, d + i / TILE);
}

// scores[i][j] = row (firstRow + 4 i') . other (firstOther + 4 j').
__device__ inline void products(
    const Head& rows, int firstRow, const Head& others, int firstOther, Scratch& scratch, float (&scores)[4][4])
{
    int i = threadIdx.x / 16, j = threadIdx.x % 16;
    clear(scores);
    for (int d = 0; d < rows.width; d += DEPTH)
    {
        __syncthreads();
        read_slice(rows, firstRow, d, scratch.slices.rows);
        read_slice(others, firstOther, d, scratch.slices.others);
        __syncthreads();
        int depth = rows.width - d < DEPTH ? rows.width - d : DEPTH;
#pragma unroll 4
        for (int k = 0; k < depth; k++)
        {
            float a[4], b[4];
            load_pack<4>(&scratch.slices.rows[k][4 * i], 0, a);
            load_pack<4>(&scratch.slices.others[k][4 * j], 0, b);
#pragma unroll
            for (int u = 0; u < 4; u++)
#pragma unroll
                for (int v = 0; v < 4; v++)
                    scores[u][v] = fmaf(a[u], b[v], scores[u][v]);
        }
    }
}

// sums[row][column] += over the others of the tile: weights[row][other] * values[other][column]. Ends with all threads done reading.
__device__ inline void add_products(
    const float (&weights)[4][4], const Head& values, int firstOther, int firstColumn, Scratch& scratch, float (&shared)[TILE][PITCH],
    float (&sums)[4][COLUMNS])
{
    int i = threadIdx.x / 16, j = threadIdx.x % 16;
#pragma unroll
    for (int v = 0; v < 4; v++)
    {
        float column[4];
#pragma unroll
        for (int u = 0; u < 4; u++)
            column[u] = weights[u][v];
        store_pack<4>(&shared[4 * j + v][4 * i], 0, column);
    }
    for (int start = 0; start < TILE && firstOther + start < values.rows; start += 16)
    {
        __syncthreads();
        for (int at = threadIdx.x; at < 16 * RESULT; at += 256)
            scratch.values[at / RESULT][at % RESULT] = values.read(firstOther + start + at / RESULT, firstColumn + at % RESULT);
        __syncthreads();
#pragma unroll 4
        for (int k = 0; k < 16; k++)
        {
            float w[4];
            load_pack<4>(&shared[start + k][4 * i], 0, w);
#pragma unroll
            for (int c = 0; c < COLUMNS; c++)
            {
                float value = scratch.values[k][16 * c + j];
#pragma unroll
                for (int u = 0; u < 4; u++)
                    sums[u][c] = fmaf(w[u], value, sums[u][c]);
            }
        }
    }
    __syncthreads();
}

__device__ inline void write_rows(
    Scalar* y, const Head& like, int firstRow, int firstColumn, const float (&sums)[4][COLUMNS], const float (&factor)[4])
{
    int i = threadIdx.x / 16, j = threadIdx.x % 16;
    Scalar* to = y + ((long long)(blockIdx.y / (like.stride / like.width)) * like.rows * like.stride
        + (blockIdx.y % (like.stride / like.width)) * like.width);
#pragma unroll
    for (int u = 0; u < 4; u++)
    {
#pragma unroll
        for (int c = 0; c < COLUMNS; c++)
        {
            int row = firstRow + 4 * i + u, column = firstColumn + 16 * c + j;
            if (row < like.rows && column < like.width)
                store(to, (long long)row * like.stride + column, sums[u][c] * factor[u]);
        }
    }
}

extern "C" __global__ void __launch_bounds__(256) attention_forward(
    const Scalar* q, const Scalar* k, const Scalar* v, Scalar* y, float* logSumExp, int queries, int keys, int heads, int headDim,
    float scale, bool causal)
{
    __shared__ Scratch scratch;
    __shared__ float shared[TILE][PITCH];
    AttentionSizes sizes = {queries, keys, heads, headDim, causal};
    Head query(q, queries, sizes), key(k, keys, sizes), value(v, keys, sizes);
    int firstQuery = blockIdx.x * TILE, firstColumn = blockIdx.z * RESULT;
    int i = threadIdx.x / 16, j = threadIdx.x % 16;
    int end = causal && firstQuery + TILE < keys ? firstQuery + TILE : keys;
    float sums[4][COLUMNS], largest[4], total[4];
#pragma unroll
    for (int u = 0; u < 4; u++)
    {
        largest[u] = negative_infinity();
        total[u] = 0.f;
#pragma unroll
        for (int c = 0; c < COLUMNS; c++)
            sums[u][c] = 0.f;
    }

    for (int firstKey = 0; firstKey < end; firstKey += TILE)
    {
        float scores[4][4];
        products(query, firstQuery, key, firstKey, scratch, scores);
#pragma unroll
        for (int u = 0; u < 4; u++)
        {
            float best = largest[u];
#pragma unroll
            for (int w = 0; w < 4; w++)
            {
                int at = firstKey + 4 * j + w;
                bool seen = at < keys && (!causal || at <= firstQuery + 4 * i + u);
                scores[u][w] = seen ? scores[u][w] * scale : negative_infinity();
                best = Max::combine(best, scores[u][w]);
            }
            best = reduce_lanes<Max, 16>(best);
            float shrink = expf(largest[u] - best), added = 0.f;
#pragma unroll
            for (int w = 0; w < 4; w++)
            {
                scores[u][w] = expf(scores[u][w] - best);
                added += scores[u][w];
            }
            largest[u] = best;
            total[u] = total[u] * shrink + reduce_lanes<Sum, 16>(added);
#pragma unroll
            for (int c = 0; c < COLUMNS; c++)
                sums[u][c] *= shrink;
        }
        add_products(scores, value, firstKey, firstColumn, scratch, shared, sums);
    }

    float factor[4];
#pragma unroll
    for (int u = 0; u < 4; u++)
    {
        factor[u] = 1.f / total[u];
        int row = firstQuery + 4 * i + u;
        if (j == 0 && blockIdx.z == 0 && row < queries)
            logSumExp[(long long)blockIdx.y * queries + row] = largest[u] + logf(total[u]);
    }
    write_rows(y, query, firstQuery, firstColumn, sums, factor);
}

extern "C" __global__ void __launch_bounds__(256) attention_delta(
    const Scalar* y, const Scalar* dy, float* delta, long long rows, int queries, int heads, int headDim)
{
    long long row = (long long)blockIdx.x * 8 + threadIdx.x / 32;      // [N, heads, S]
    float sum = 0.f;
    if (row < rows)
    {
        long long image = row / queries / heads, head = row / queries % heads, query = row % queries;
        long long first = ((image * queries + query) * heads + head) * headDim;
        for (int c = threadIdx.x % 32; c < headDim; c += 32)
            sum = fmaf(load(y, first + c), load(dy, first + c), sum);
    }
    sum = team_sum<32>(sum);
    if (row < rows && threadIdx.x % 32 == 0)
        delta[row] = sum;
}

// Turns scores into p, and dy v^T into ds; the query is the row, or the other where `queriesAreRows` is false.
__device__ inline void score_gradients(
    float (&scores)[4][4], float (&gradients)[4][4], const float* logSumExp, const float* delta, AttentionSizes sizes,
    int firstRow, int firstOther, bool queriesAreRows, float scale)
{
    int i = threadIdx.x / 16, j = threadIdx.x % 16;
#pragma unroll
    for (int u = 0; u < 4; u++)
    {
#pragma unroll
        for (int w = 0; w < 4; w++)
        {
            int row = firstRow + 4 * i + u, other = firstOther + 4 * j + w;
            int query = queriesAreRows ? row : other, key = queriesAreRows ? other : row;
            bool seen = query < sizes.queries && key < sizes.keys && (!sizes.causal || key <= query);
            long long at = (long long)blockIdx.y * sizes.queries + query;
            scores[u][w] = seen ? expf(scores[u][w] * scale - logSumExp[at]) : 0.f;
            gradients[u][w] = seen ? scores[u][w] * (gradients[u][w] - delta[at]) : 0.f;
        }
    }
}

extern "C" __global__ void __launch_bounds__(256) attention_backward_queries(
    const Scalar* q, const Scalar* k, const Scalar* v, const float* logSumExp, const float* delta, const Scalar* dy, Scalar* dq,
    int queries, int keys, int heads, int headDim, float scale, bool causal)
{
    __shared__ Scratch scratch;
    __shared__ float shared[TILE][PITCH];
    AttentionSizes sizes = {queries, keys, heads, headDim, causal};
    Head query(q, queries, sizes), key(k, keys, sizes), value(v, keys, sizes), gradient(dy, queries, sizes);
    int firstQuery = blockIdx.x * TILE, firstColumn = blockIdx.z * RESULT;
    int end = causal && firstQuery + TILE < keys ? firstQuery + TILE : keys;
    float sums[4][COLUMNS];
#pragma unroll
    for (int u = 0; u < 4; u++)
#pragma unroll
        for (int c = 0; c < COLUMNS; c++)
            sums[u][c] = 0.f;
    for (int firstKey = 0; firstKey < end; firstKey += TILE)
    {
        float scores[4][4], gradients[4][4];
        products(query, firstQuery, key, firstKey, scratch, scores);
        products(gradient, firstQuery, value, firstKey, scratch, gradients);
        score_gradients(scores, gradients, logSumExp, delta, sizes, firstQuery, firstKey, true, scale);
        add_products(gradients, key, firstKey, firstColumn, scratch, shared, sums);
    }
    float factor[4] = {scale, scale, scale, scale};
    write_rows(dq, query, firstQuery, firstColumn, sums, factor);
}

extern "C" __global__ void __launch_bounds__(256) attention_backward_keys(
    const Scalar* q, const Scalar* k, const Scalar* v, const float* logSumExp, const float* delta, const Scalar* dy, Scalar* dk,
    Scalar* dv,
    int queries, int keys, int heads, int headDim, float scale, bool causal)
{
    __shared__ Scratch scratch;
    __shared__ float shared[TILE][PITCH];
    AttentionSizes sizes = {queries, keys, heads, headDim, causal};
    Head query(q, queries, sizes), key(k, keys, sizes), value(v, keys, sizes), gradient(dy, queries, sizes);
    int firstKey = blockIdx.x * TILE, firstColumn = blockIdx.z * RESULT;
    float keySums[4][COLUMNS], valueSums[4][COLUMNS];
#pragma unroll
    for (int u = 0; u < 4; u++)
#pragma unroll
        for (int c = 0; c < COLUMNS; c++)
            keySums[u][c] = valueSums[u][c] = 0.f;
    for (int firstQuery = causal ? firstKey : 0; firstQuery < queries; firstQuery += TILE)
    {
        float scores[4][4], gradients[4][4];
        products(key, firstKey, query, firstQuery, scratch, scores);
        products(value, firstKey, gradient, firstQuery, scratch, gradients);
        score_gradients(scores, gradients, logSumExp, delta, sizes, firstKey, firstQuery, false, scale);
        add_products(scores, gradient, firstQuery, firstColumn, scratch, shared, valueSums);
        add_products(gradients, query, firstQuery, firstColumn, scratch, shared, keySums);
    }
    float one[4] = {1.f, 1.f, 1.f, 1.f}, factor[4] = {scale, scale, scale, scale};
    write_rows(dk, key, firstKey, firstColumn, keySums, factor);
    write_rows(dv, key, firstKey, firstColumn, valueSums, one);
}
