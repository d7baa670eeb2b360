// Mean squared error and cross entropy; losses and their statistics are float whatever the predictions are.
//   mse            perSample[n] = avg_i (p[n, i] - t[n, i])^2, loss = avg_n w[n] perSample[n];  dp = dy w[n] 2 / (N M) (p - t)
//   cross_entropy  probabilities = softmax of a row, loss = avg_n -log(probabilities[n, labels[n]]);
//                  dlogits = dy / N (probabilities - [c = labels[n]])
// p, t, dp [N, M], logits, dlogits [N, C] Scalar; labels int [N]; all else float. w may be null. A label that is no class is
// reported in `fault` (faults.cuh).
// Launch: mse_sums: grid (N, chunks), 256 threads; mse_finish, cross_entropy_finish: one block of 256; mse_backward: a pack per
// thread (_scalar where M is no multiple of a pack); cross_entropy_forward: a warp per row, 8 rows a block; backward: an element a thread.
#include "common.cuh"
#include "faults.cuh"

template <int W> __device__ inline void squared_differences(
    const Scalar* p, const Scalar* t, float* partial, long long columns, int chunks, long long chunkColumns)
{
    long long first = blockIdx.x * columns, start = blockIdx.y * chunkColumns;
    long long end = start + chunkColumns < columns ? start + chunkColumns : columns;
    float sum = 0.f, u[W], v[W];
    for (long long i = start + threadIdx.x * W; i < end; i += 256 * W)
    {
        load_pack<W>(p, first + i, u);
        load_pack<W>(t, first + i, v);
#pragma unroll
        for (int k = 0; k < W; k++)
            sum = fmaf(u[k] - v[k], u[k] - v[k], sum);
    }
    sum = team_sum<256>(sum);
    if (threadIdx.x == 0)
        partial[blockIdx.x * (long long)chunks + blockIdx.y] = sum;
}

template <int W> __device__ inline void mse_gradient(
    const Scalar* p, const Scalar* t, const float* sampleWeight, const float* dy, Scalar* dp, long long samples, long long columns)
{
    long long packs = samples * columns / W, rowPacks = columns / W;
    float scale = (float)(2.0 / ((double)samples * columns) * dy[0]);
    for (long long i = thread_index(); i < packs; i += thread_count())
    {
        float u[W], v[W], factor = sampleWeight == nullptr ? scale : scale * sampleWeight[i / rowPacks];
        load_pack<W>(p, i * W, u);
        load_pack<W>(t, i * W, v);
#pragma unroll
        for (int k = 0; k < W; k++)
            u[k] = (u[k] - v[k]) * factor;
        store_pack<W>(dp, i * W, u);
    }
}

#define MSE(suffix, W) \
    extern "C" __global__ void __launch_bounds__(256) mse_sums##suffix( \
        const Scalar* p, const Scalar* t, float* partial, long long columns, int chunks, long long chunkColumns) \
    { \
        squared_differences<W>(p, t, partial, columns, chunks, chunkColumns); \
    } \
    extern "C" __global__ void __launch_bounds__(256) mse_backward##suffix( \
        const Scalar* p, const Scalar* t, const float* sampleWeight, const float* dy, Scalar* dp, long long samples, long long columns) \
    { \
        mse_gradient<W>(p, t, sampleWeight, dy, dp, samples, columns); \
    }

MSE(, Vector<Scalar>::WIDTH)
MSE(_scalar, 1)

// Sum of the threads' values in the order of the threads; valid in thread 0.
__device__ inline double block_sum_in_order(double value)
{
    __shared__ double values[256];
    values[threadIdx.x] = value;
    __syncthreads();
    double sum = 0;
    for (int i = 0; threadIdx.x == 0 && i < 256; i++)
        sum += values[i];
    return sum;
}

extern "C" __global__ void __launch_bounds__(256) mse_finish(
    const float* partial, const float* sampleWeight, float* perSample, float* loss, int samples, long long columns, int chunks)
{
    double total = 0;
    for (int n = threadIdx.x; n < samples; n += 256)
    {
        double sum = 0;
        for (int j = 0; j < chunks; j++)
            sum += partial[(long long)n * chunks + j];
        perSample[n] = (float)(sum / columns);
        total += sum / columns * (sampleWeight == nullptr ? 1.f : sampleWeight[n]);
    }
    total = block_sum_in_order(total);
    if (threadIdx.x == 0)
        loss[0] = (float)(total / samples);
}

extern "C" __global__ void __launch_bounds__(256) cross_entropy_forward(
    const Scalar* logits, const int* labels, float* probabilities, float* losses, long long rows, int classes, unsigned long long* fault)
{
    long long row = (long long)blockIdx.x * 8 + threadIdx.x / 32;
    int lane = threadIdx.x % 32;
    bool active = row < rows;
    float largest = negative_infinity(), sum = 0.f;
    for (int c = lane; active && c < classes; c += 32)
        largest = Max::combine(largest, load(logits, row * classes + c));
    largest = team_max<32>(largest);
    for (int c = lane; active && c < classes; c += 32)
        sum += expf(load(logits, row * classes + c) - largest);
    float logSum = logf(team_sum<32>(sum));
    for (int c = lane; active && c < classes; c += 32)
        probabilities[row * classes + c] = expf(load(logits, row * classes + c) - largest - logSum);
    if (!active || lane != 0)
        return;
    int label = labels[row];
    bool inside = label >= 0 && label < classes;
    if (!inside)
        report(fault, FAULT_LABEL, row, label);
    losses[row] = inside ? logSum - (load(logits, row * classes + label) - largest) : 0.f;
}

extern "C" __global__ void __launch_bounds__(256) cross_entropy_finish(const float* losses, float* loss, long long rows)
{
    double total = 0;
    for (long long n = threadIdx.x; n < rows; n += 256)
        total += losses[n];
    total = block_sum_in_order(total);
    if (threadIdx.x == 0)
        loss[0] = (float)(total / rows);
}

extern "C" __global__ void __launch_bounds__(256) cross_entropy_backward(
    const float* probabilities, const int* labels, const float* dy, Scalar* dlogits, long long rows, int classes)
{
    float scale = dy[0] / rows;
    RowColumn at(thread_index(), thread_count(), classes);
    for (long long i = thread_index(); i < rows * classes; i += thread_count(), at.next())
        store(dlogits, i, (probabilities[i] - (at.column == labels[at.row] ? 1.f : 0.f)) * scale);
}
