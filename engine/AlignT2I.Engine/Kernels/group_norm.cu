// Group normalization of NHWC images, with SiLU after it on demand. Wu & He 2018, arXiv:1803.08494.
//   h = (x - mean) rstd, z = h weight + bias, y = z or silu(z); one mean and one rstd per image and group
//   g = dz weight, dz = dy or dy silu'(z): dx = rstd (g - avg(g) - h avg(g h)), dweight = sum dz h, dbias = sum dz
// x, y, dy, dx [N, rows, C] Scalar; weight, bias, dweight, dbias [C], mean, rstd [N, groups] and all partial results float.
// Three launches forward, four backward, every pass over x whole stretches of rows (columns.cuh; group = image, rows = H W):
//   statistics    per chunk and channel: mean and sum of squared distances (Welford);  grid (N chunks, slabs), 256 threads
//   combine       per image and group, Chan's formula in a fixed order;                grid N groups, 32 threads
//   apply                                                                              grid (N chunks, slabs), 256 threads
//   backward_sums -> backward_groups (as combine) -> backward_apply; backward_parameters: one thread per channel
// _scalar forms where C is no multiple of a 16-byte pack.
#include "columns.cuh"

template <int W> __device__ inline void channel_statistics(
    const Scalar* x, float* partialMean, float* partialSquares, long long rows, int channels, int lanes, int chunks, int chunkRows)
{
    ColumnBlock block(rows, channels / W, lanes, chunks, chunkRows);
    float mean[W], squares[W];
#pragma unroll
    for (int k = 0; k < W; k++)
        mean[k] = squares[k] = 0.f;
    float count = 0.f;
    if (block.active)
    {
        for (long long row = block.start + block.rowLane; row < block.end; row += block.rowLanes)
        {
            float v[W];
            load_pack<W>(x, (block.group * rows + row) * channels + (long long)block.pack * W, v);
            count += 1.f;
            float inverse = 1.f / count;
#pragma unroll
            for (int k = 0; k < W; k++)
            {
                float delta = v[k] - mean[k];
                mean[k] = fmaf(delta, inverse, mean[k]);
                squares[k] = fmaf(delta, v[k] - mean[k], squares[k]);
            }
        }
    }

    __shared__ float sharedMean[COLUMN_THREADS * W], sharedSquares[COLUMN_THREADS * W];
#pragma unroll
    for (int k = 0; k < W; k++)
    {
        sharedMean[k * COLUMN_THREADS + threadIdx.x] = mean[k];
        sharedSquares[k * COLUMN_THREADS + threadIdx.x] = squares[k];
    }
    __syncthreads();
    if (!block.active || block.rowLane != 0)
        return;
    for (int lane = 1; lane < block.rowLanes; lane++)
    {
        long long first = block.start + lane;
        float added = first < block.end ? (float)((block.end - first + block.rowLanes - 1) / block.rowLanes) : 0.f;
        if (added == 0.f)
            break;
        float total = count + added, share = added / total;
#pragma unroll
        for (int k = 0; k < W; k++)
        {
            int at = k * COLUMN_THREADS + lane * lanes + block.lane;
            float delta = sharedMean[at] - mean[k];
            mean[k] = fmaf(delta, share, mean[k]);
            squares[k] += sharedSquares[at] + delta * delta * count * share;
        }
        count = total;
    }
    long long to = (block.group * chunks + block.chunk) * channels + (long long)block.pack * W;
    store_floats<W>(partialMean, to, mean);
    store_floats<W>(partialSquares, to, squares);
}

// One warp per image and group: lane l takes the partial results l, l + 32, ...; then the lanes are combined by halves.
extern "C" __global__ void __launch_bounds__(32) group_norm_combine(
    const float* partialMean, const float* partialSquares, float* mean, float* rstd,
    long long rows, int channels, int groups, int chunks, int chunkRows, float eps)
{
    long long image = blockIdx.x / groups;
    int group = blockIdx.x % groups, width = channels / groups;
    float count = 0.f, m = 0.f, squares = 0.f;
    for (int i = threadIdx.x; i < chunks * width; i += 32)
    {
        int chunk = i / width;
        long long start = (long long)chunk * chunkRows, end = start + chunkRows < rows ? start + chunkRows : rows;
        long long at = (image * chunks + chunk) * channels + group * width + i % width;
        float added = (float)(end - start), total = count + added, delta = partialMean[at] - m;
        m = fmaf(delta, added / total, m);
        squares += partialSquares[at] + delta * delta * count * (added / total);
        count = total;
    }
    for (int offset = 16; offset > 0; offset /= 2)
    {
        float otherCount = __shfl_down_sync(FULL_WARP, count, offset);
        float otherMean = __shfl_down_sync(FULL_WARP, m, offset);
        float otherSquares = __shfl_down_sync(FULL_WARP, squares, offset);
        float total = count + otherCount, share = total > 0.f ? otherCount / total : 0.f, delta = otherMean - m;
        m = fmaf(delta, share, m);
        squares += otherSquares + delta * delta * count * share;
        count = total;
    }
    if (threadIdx.x == 0)
    {
        mean[blockIdx.x] = m;
        rstd[blockIdx.x] = 1.f / sqrtf(squares / count + eps);
    }
}

// Mean, rstd, weight and bias of the W channels that a thread keeps through all its rows.
template <int W> struct ChannelParameters
{
    float mean[W], rstd[W], weight[W], bias[W];

    __device__ inline void read(
        const float* means, const float* rstds, const float* weights, const float* biases, long long image, int first,
        int channels, int groups)
    {
        int width = channels / groups;
#pragma unroll
        for (int k = 0; k < W; k++)
        {
            long long group = image * groups + (first + k) / width;
            mean[k] = means[group];
            rstd[k] = rstds[group];
            weight[k] = weights[first + k];
            bias[k] = biases == nullptr ? 0.f : biases[first + k];
        }
    }
};

template <int W> __device__ inline void apply(
    const Scalar* x, const float* weight, const float* bias, const float* mean, const float* rstd, Scalar* y,
    long long rows, int channels, int groups, int lanes, int chunks, int chunkRows, bool silu)
{
    ColumnBlock block(rows, channels / W, lanes, chunks, chunkRows);
    if (!block.active)
        return;
    ChannelParameters<W> p;
    p.read(mean, rstd, weight, bias, block.group, block.pack * W, channels, groups);
    for (long long row = block.start + block.rowLane; row < block.end; row += block.rowLanes)
    {
        float v[W];
        long long at = (block.group * rows + row) * channels + (long long)block.pack * W;
        load_pack<W>(x, at, v);
#pragma unroll
        for (int k = 0; k < W; k++)
        {
            float z = fmaf((v[k] - p.mean[k]) * p.rstd[k], p.weight[k], p.bias[k]);
            v[k] = silu ? z / (1.f + expf(-z)) : z;
        }
        store_pack<W>(y, at, v);
    }
}

// Turns dy into dz and x into h.
template <int W> __device__ inline void gradient_terms(const ChannelParameters<W>& p, bool silu, float (&v)[W], float (&d)[W])
{
#pragma unroll
    for (int k = 0; k < W; k++)
    {
        v[k] = (v[k] - p.mean[k]) * p.rstd[k];
        if (silu)
        {
            float z = fmaf(v[k], p.weight[k], p.bias[k]), e = expf(-fabsf(z));
            float slope = e / ((1.f + e) * (1.f + e));
            d[k] *= 1.f / (1.f + expf(-z)) + z * slope;
        }
    }
}

template <int W> __device__ inline void channel_gradients(
    const Scalar* x, const float* weight, const float* bias, const float* mean, const float* rstd, const Scalar* dy,
    float* partialDz, float* partialDzh, long long rows, int channels, int groups, int lanes, int chunks, int chunkRows)
{
    ColumnBlock block(rows, channels / W, lanes, chunks, chunkRows);
    float dz[W], dzh[W];
#pragma unroll
    for (int k = 0; k < W; k++)
        dz[k] = dzh[k] = 0.f;
    if (block.active)
    {
        ChannelParameters<W> p;
        p.read(mean, rstd, weight, bias, block.group, block.pack * W, channels, groups);
        for (long long row = block.start + block.rowLane; row < block.end; row += block.rowLanes)
        {
            float h[W], d[W];
            long long at = (block.group * rows + row) * channels + (long long)block.pack * W;
            load_pack<W>(x, at, h);
            load_pack<W>(dy, at, d);
            gradient_terms<W>(p, bias != nullptr, h, d);
#pragma unroll
            for (int k = 0; k < W; k++)
            {
                dz[k] += d[k];
                dzh[k] = fmaf(d[k], h[k], dzh[k]);
            }
        }
    }
    add_row_lanes<W>(block, lanes, dz);
    add_row_lanes<W>(block, lanes, dzh);
    if (!block.active || block.rowLane != 0)
        return;
    long long to = (block.group * chunks + block.chunk) * channels + (long long)block.pack * W;
    store_floats<W>(partialDz, to, dz);
    store_floats<W>(partialDzh, to, dzh);
}

// One warp per image and group: avg(g) and avg(g h).
extern "C" __global__ void __launch_bounds__(32) group_norm_backward_groups(
    const float* partialDz, const float* partialDzh, const float* weight, float* averageG, float* averageGh,
    long long rows, int channels, int groups, int chunks)
{
    long long image = blockIdx.x / groups;
    int group = blockIdx.x % groups, width = channels / groups;
    float g = 0.f, gh = 0.f;
    for (int i = threadIdx.x; i < chunks * width; i += 32)
    {
        int channel = group * width + i % width;
        long long at = (image * chunks + i / width) * channels + channel;
        g = fmaf(partialDz[at], weight[channel], g);
        gh = fmaf(partialDzh[at], weight[channel], gh);
    }
    g = team_sum<32>(g);
    gh = team_sum<32>(gh);
    if (threadIdx.x == 0)
    {
        float inverse = 1.f / ((float)rows * width);
        averageG[blockIdx.x] = g * inverse;
        averageGh[blockIdx.x] = gh * inverse;
    }
}

// One thread per channel, over all images and chunks in order.
extern "C" __global__ void __launch_bounds__(256) group_norm_backward_parameters(
    const float* partialDz, const float* partialDzh, float* dweight, float* dbias, int channels, long long parts)
{
    int channel = blockIdx.x * blockDim.x + threadIdx.x;
    if (channel >= channels)
        return;
    double dz = 0, dzh = 0;
    for (long long i = 0; i < parts; i++)
    {
        dz += partialDz[i * channels + channel];
        dzh += partialDzh[i * channels + channel];
    }
    dweight[channel] = (float)dzh;
    dbias[channel] = (float)dz;
}

template <int W> __device__ inline void apply_gradient(
    const Scalar* x, const float* weight, const float* bias, const float* mean, const float* rstd, const float* averageG,
    const float* averageGh, const Scalar* dy, Scalar* dx, long long rows, int channels, int groups, int lanes, int chunks, int chunkRows)
{
    ColumnBlock block(rows, channels / W, lanes, chunks, chunkRows);
    if (!block.active)
        return;
    ChannelParameters<W> p;
    p.read(mean, rstd, weight, bias, block.group, block.pack * W, channels, groups);
    float g[W], gh[W];
#pragma unroll
    for (int k = 0; k < W; k++)
    {
        long long group = block.group * groups + (block.pack * W + k) / (channels / groups);
        g[k] = averageG[group];
        gh[k] = averageGh[group];
    }
    for (long long row = block.start + block.rowLane; row < block.end; row += block.rowLanes)
    {
        float h[W], d[W];
        long long at = (block.group * rows + row) * channels + (long long)block.pack * W;
        load_pack<W>(x, at, h);
        load_pack<W>(dy, at, d);
        gradient_terms<W>(p, bias != nullptr, h, d);
#pragma unroll
        for (int k = 0; k < W; k++)
            d[k] = p.rstd[k] * (d[k] * p.weight[k] - g[k] - h[k] * gh[k]);
        store_pack<W>(dx, at, d);
    }
}

#define GROUP_NORM(suffix, W) \
    extern "C" __global__ void __launch_bounds__(COLUMN_THREADS) group_norm_statistics##suffix( \
        const Scalar* x, float* partialMean, float* partialSquares, long long rows, int channels, int lanes, int chunks, int chunkRows) \
    { \
        channel_statistics<W>(x, partialMean, partialSquares, rows, channels, lanes, chunks, chunkRows); \
    } \
    extern "C" __global__ void __launch_bounds__(COLUMN_THREADS) group_norm_apply##suffix( \
        const Scalar* x, const float* weight, const float* bias, const float* mean, const float* rstd, Scalar* y, \
        long long rows, int channels, int groups, int lanes, int chunks, int chunkRows, bool silu) \
    { \
        apply<W>(x, weight, bias, mean, rstd, y, rows, channels, groups, lanes, chunks, chunkRows, silu); \
    } \
    extern "C" __global__ void __launch_bounds__(COLUMN_THREADS) group_norm_backward_sums##suffix( \
        const Scalar* x, const float* weight, const float* bias, const float* mean, const float* rstd, const Scalar* dy, \
        float* partialDz, float* partialDzh, long long rows, int channels, int groups, int lanes, int chunks, int chunkRows) \
    { \
        channel_gradients<W>(x, weight, bias, mean, rstd, dy, partialDz, partialDzh, rows, channels, groups, lanes, chunks, chunkRows); \
    } \
    extern "C" __global__ void __launch_bounds__(COLUMN_THREADS) group_norm_backward_apply##suffix( \
        const Scalar* x, const float* weight, const float* bias, const float* mean, const float* rstd, const float* averageG, \
        const float* averageGh, const Scalar* dy, Scalar* dx, long long rows, int channels, int groups, int lanes, int chunks, \
        int chunkRows) \
    { \
        apply_gradient<W>( \
            x, weight, bias, mean, rstd, averageG, averageGh, dy, dx, rows, channels, groups, lanes, chunks, chunkRows); \
    }

GROUP_NORM(, Vector<Scalar>::WIDTH)
GROUP_NORM(_scalar, 1)
