// Gradient of an embedding table, the place of an id, and the sinusoidal embedding of timesteps.
//   embedding_backward   dtable[ids[i]] += dy[i], in the order of i; dtable float [rows, columns], zero before
//   first_index          y[n] = the least s with ids[n, s] = id; a row without it gives 0 and is reported in `fault` (faults.cuh)
//   timestep_embedding   y[n] = [cos(t f_0) ... | sin(t f_0) ...], f_i = 10000^(-i / h), h = dim / 2, the angle in float64
// ids int [count]; dy [count, columns] Scalar; timesteps [N], y [N, dim] float.
// Launch: embedding_backward: grid (count, slabs of 256 columns), 256 threads: the block of an id's first occurrence adds all of
// them, so that no atomics are needed; first_index: one thread per row; timestep_embedding: one thread per element.
#include "common.cuh"
#include "faults.cuh"

extern "C" __global__ void __launch_bounds__(256) embedding_backward(
    const int* ids, const Scalar* dy, float* dtable, int count, int columns, int rows)
{
    __shared__ int block[256];
    int first = blockIdx.x, id = ids[first], column = blockIdx.y * 256 + threadIdx.x;
    bool seen = id < 0 || id >= rows;
    for (int i = threadIdx.x; i < first; i += 256)
        seen |= ids[i] == id;
    if (team_max<256>(seen ? 1.f : 0.f) > 0.f)
        return;
    float sum = 0.f;
    for (int start = first; start < count; start += 256)
    {
        int length = count - start < 256 ? count - start : 256;
        if (threadIdx.x < length)
            block[threadIdx.x] = ids[start + threadIdx.x];
        __syncthreads();
        for (int k = 0; k < length && column < columns; k++)
        {
            if (block[k] == id)
                sum += load(dy, (long long)(start + k) * columns + column);
        }
        __syncthreads();
    }
    if (column < columns)
        dtable[(long long)id * columns + column] = sum;
}

extern "C" __global__ void __launch_bounds__(256) first_index(
    const int* ids, int id, int* y, int rows, int columns, unsigned long long* fault)
{
    for (long long n = thread_index(); n < rows; n += thread_count())
    {
        int s = 0;
        while (s < columns && ids[n * columns + s] != id)
            s++;
        if (s == columns)
            report(fault, FAULT_FIRST_INDEX, n, id);
        y[n] = s < columns ? s : 0;
    }
}

extern "C" __global__ void __launch_bounds__(256) timestep_embedding(const float* timesteps, float* y, int samples, int dim)
{
    int half = dim / 2;
    for (long long i = thread_index(); i < (long long)samples * dim; i += thread_count())
    {
        int column = (int)(i % dim), k = column % (half > 0 ? half : 1);
        double angle = (double)timesteps[i / dim] * exp(-9.210340371976184 * k / half);
        y[i] = column >= 2 * half ? 0.f : (float)(column < half ? cos(angle) : sin(angle));
    }
}
