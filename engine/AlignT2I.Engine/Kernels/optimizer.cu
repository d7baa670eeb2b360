// Optimizer steps on all parameters in one launch: master, half copy and moving average in the same pass; and the gradient norm.
//   adam  g = scale gradient + l2 p; m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2;
//         p = decay p - stepSize m / (rootScale sqrt(v) + epsilon)
//   sgd   g = scale gradient + l2 p; buffer = momentum buffer + g; p = p - rate d, d the buffer, or g + momentum buffer (nesterov), or g
//   both  half = p rounded once; average = average + fraction (p - average); move_toward does the latter alone
// All float but half. The constants lie in device memory, so that a recorded step takes those of its replay.
// Launch: 256 threads, one block per piece of PIECE elements of one slot, found by bisection; four elements per access.
#include "common.cuh"

#define PIECE 16384

#define NO_HALF 0
#define HALF_BF16 1
#define HALF_F16 2

// One parameter, as OptimizerTable.Slot in C#.
struct Slot
{
    float* value;
    const float* gradient;
    float* first;
    float* second;
    void* half;
    float* average;
    long long count, firstPiece;
    int halfType, unused;
};

// As OptimizerConstants in C#.
struct Constants
{
    float beta1, rest1, beta2, rest2, l2, decay, stepSize, rootScale, epsilon, scale, averageFraction, momentum;
    int nesterov;
};

struct Piece
{
    Slot slot;
    long long start, end;

    __device__ inline Piece(const Slot* slots, int count)
    {
        int low = 0, high = count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (slots[middle].firstPiece <= blockIdx.x)
                low = middle;
            else
                high = middle - 1;
        }
        slot = slots[low];
        start = (blockIdx.x - slot.firstPiece) * PIECE;
        end = start + PIECE < slot.count ? start + PIECE : slot.count;
    }
};

struct AdamRule
{
    __device__ inline void operator()(const Constants& k, float gradient, float& value, float& first, float& second, bool hasFirst) const
    {
        float g = gradient * k.scale + value * k.l2;
        first = first * k.beta1 + g * k.rest1;
        second = second * k.beta2 + g * g * k.rest2;
        value = value * k.decay - first * k.stepSize / (sqrtf(second) * k.rootScale + k.epsilon);
    }
};

struct SgdRule
{
    __device__ inline void operator()(const Constants& k, float gradient, float& value, float& first, float& second, bool hasFirst) const
    {
        float g = gradient * k.scale + value * k.l2;
        if (hasFirst)
        {
            first = first * k.momentum + g;
            g = k.nesterov ? g + first * k.momentum : first;
        }
        value -= g * k.stepSize;
    }
};

struct MoveRule
{
    __device__ inline void operator()(const Constants& k, float gradient, float& value, float& first, float& second, bool hasFirst) const {}
};

template <int W> __device__ inline void store_half(const Slot& slot, long long i, const float (&values)[W])
{
    if (slot.halfType == HALF_BF16)
        store_pack<W>((bf16*)slot.half, i, values);
    else if (slot.halfType == HALF_F16)
        store_pack<W>((f16*)slot.half, i, values);
}

template <class Rule, int W> __device__ inline void update(const Slot& slot, const Constants& k, long long i, Rule rule)
{
    float value[W], gradient[W] = {}, first[W] = {}, second[W] = {}, average[W] = {};
    load_pack<W>(slot.value, i, value);
    if (slot.gradient != nullptr)
        load_pack<W>(slot.gradient, i, gradient);
    if (slot.first != nullptr)
        load_pack<W>(slot.first, i, first);
    if (slot.second != nullptr)
        load_pack<W>(slot.second, i, second);
    if (slot.average != nullptr)
        load_pack<W>(slot.average, i, average);
#pragma unroll
    for (int j = 0; j < W; j++)
    {
        rule(k, gradient[j], value[j], first[j], second[j], slot.first != nullptr);
        average[j] += (value[j] - average[j]) * k.averageFraction;
    }
    if (slot.gradient != nullptr)
        store_pack<W>(slot.value, i, value);
    if (slot.first != nullptr)
        store_pack<W>(slot.first, i, first);
    if (slot.second != nullptr)
        store_pack<W>(slot.second, i, second);
    if (slot.average != nullptr)
        store_pack<W>(slot.average, i, average);
    store_half<W>(slot, i, value);
}

template <class Rule> __device__ inline void update_piece(const Slot* slots, int count, const Constants* constants, Rule rule)
{
    Piece piece(slots, count);
    Constants k = *constants;
    long long packed = piece.start + (piece.end - piece.start) / 4 * 4;
    for (long long i = piece.start + threadIdx.x * 4; i < packed; i += 256 * 4)
        update<Rule, 4>(piece.slot, k, i, rule);
    if (packed + threadIdx.x < piece.end)
        update<Rule, 1>(piece.slot, k, packed + threadIdx.x, rule);
}

extern "C" __global__ void __launch_bounds__(256) adam(const Slot* slots, int count, const Constants* constants)
{
    update_piece(slots, count, constants, AdamRule());
}

extern "C" __global__ void __launch_bounds__(256) sgd(const Slot* slots, int count, const Constants* constants)
{
    update_piece(slots, count, constants, SgdRule());
}

extern "C" __global__ void __launch_bounds__(256) move_toward(const Slot* slots, int count, const Constants* constants)
{
    update_piece(slots, count, constants, MoveRule());
}

// partial[piece] = sum of the squares of one piece of the slots' values.
extern "C" __global__ void __launch_bounds__(256) squared_norm(const Slot* slots, int count, float* partial)
{
    Piece piece(slots, count);
    long long packed = piece.start + (piece.end - piece.start) / 4 * 4;
    float sum = 0.f, v[4];
    for (long long i = piece.start + threadIdx.x * 4; i < packed; i += 256 * 4)
    {
        load_pack<4>(piece.slot.value, i, v);
#pragma unroll
        for (int j = 0; j < 4; j++)
            sum = fmaf(v[j], v[j], sum);
    }
    if (packed + threadIdx.x < piece.end)
    {
        float value = piece.slot.value[packed + threadIdx.x];
        sum = fmaf(value, value, sum);
    }
    sum = team_sum<256>(sum);
    if (threadIdx.x == 0)
        partial[blockIdx.x] = sum;
}

// One block: total = sum of the partial sums in float64, each thread a stretch of them, the threads in order.
extern "C" __global__ void __launch_bounds__(256) finish_squared_norm(const float* partial, long long count, double* total)
{
    __shared__ double sums[256];
    long long share = (count + 255) / 256, start = threadIdx.x * share, end = start + share < count ? start + share : count;
    double sum = 0;
    for (long long i = start; i < end; i++)
        sum += partial[i];
    sums[threadIdx.x] = sum;
    __syncthreads();
    if (threadIdx.x != 0)
        return;
    for (int i = 1; i < 256; i++)
        sum += sums[i];
    *total = sum;
}
