// Optimizer steps on all parameters in one launch: master, half copy and moving average in the same pass; and the gradient norm.
//   adam  g = scale gradient + l2 p; m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2;
//         p = decay p - stepSize m / (rootScale sqrt(v) + epsilon)
//   sgd   g = scale gradient + l2 p; buffer = momentum buffer + g; p = p - rate d, d the buffer, or g + momentum buffer (nesterov), or g
//   both  half = p rounded once; average = average + fraction (p - average); move_toward does the latter alone
// All float but half. The constants lie in device memory, so that a recorded step takes those of its replay. Given the squared norm of
// the gradients they are clipped, and nothing is written where it is not finite.
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

// What a step multiplies gradients by, clipped: see GradientClip in C#. Not a number where nothing is to be written.
__device__ inline float gradient_scale(double scale, const double* squaredNorm, double maxNorm)
{
    if (squaredNorm == nullptr)
        return (float)scale;
    double norm = sqrt(*squaredNorm) * scale, clipped = maxNorm / (norm + 1e-6);
    return (float)(norm - norm == 0 ? scale * (clipped < 1 ? clipped : 1) : norm - norm);
}

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

// AdamStep in C#: beta1, beta2, epsilon, l2, decay, step size, root scale, gradient scale, average fraction.
struct AdamRule
{
    float beta1, rest1, beta2, rest2, epsilon, l2, decay, stepSize, rootScale, scale, averageFraction;

    __device__ inline AdamRule(const double* k, const double* squaredNorm, double maxNorm)
        : beta1((float)k[0]), rest1((float)(1 - k[0])), beta2((float)k[1]), rest2((float)(1 - k[1])), epsilon((float)k[2]),
          l2((float)k[3]),
          decay((float)k[4]), stepSize((float)k[5]), rootScale((float)k[6]), scale(gradient_scale(k[7], squaredNorm, maxNorm)),
          averageFraction((float)k[8])
    {
    }

    __device__ inline void operator()(float gradient, float& value, float& first, float& second, bool hasFirst) const
    {
        float g = gradient * scale + value * l2;
        first = first * beta1 + g * rest1;
        second = second * beta2 + g * g * rest2;
        value = value * decay - first * stepSize / (sqrtf(second) * rootScale + epsilon);
    }
};

// SgdStep in C#: learning rate, momentum, nesterov, l2, gradient scale, average fraction.
struct SgdRule
{
    float rate, momentum, l2, scale, averageFraction;
    bool nesterov;

    __device__ inline SgdRule(const double* k, const double* squaredNorm, double maxNorm)
        : rate((float)k[0]), momentum((float)k[1]), l2((float)k[3]), scale(gradient_scale(k[4], squaredNorm, maxNorm)),
          averageFraction((float)k[5]), nesterov(k[2] != 0)
    {
    }

    __device__ inline void operator()(float gradient, float& value, float& first, float& second, bool hasFirst) const
    {
        float g = gradient * scale + value * l2;
        if (hasFirst)
        {
            first = first * momentum + g;
            g = nesterov ? g + first * momentum : first;
        }
        value -= g * rate;
    }
};

struct MoveRule
{
    float scale, averageFraction;

    __device__ inline explicit MoveRule(double fraction) : scale(1.f), averageFraction((float)fraction) {}

    __device__ inline void operator()(float gradient, float& value, float& first, float& second, bool hasFirst) const {}
};

template <int W> __device__ inline void store_half(const Slot& slot, long long i, const float (&values)[W])
{
    if (slot.halfType == HALF_BF16)
        store_pack<W>((bf16*)slot.half, i, values);
    else if (slot.halfType == HALF_F16)
        store_pack<W>((f16*)slot.half, i, values);
}

template <class Rule, int W> __device__ inline void update(const Slot& slot, long long i, const Rule& rule)
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
        rule(gradient[j], value[j], first[j], second[j], slot.first != nullptr);
        average[j] += (value[j] - average[j]) * rule.averageFraction;
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

template <class Rule> __device__ inline void update_piece(const Slot* slots, int count, const Rule& rule)
{
    if (rule.scale != rule.scale)
        return;
    Piece piece(slots, count);
    long long packed = piece.start + (piece.end - piece.start) / 4 * 4;
    for (long long i = piece.start + threadIdx.x * 4; i < packed; i += 256 * 4)
        update<Rule, 4>(piece.slot, i, rule);
    if (packed + threadIdx.x < piece.end)
        update<Rule, 1>(piece.slot, packed + threadIdx.x, rule);
}

// A block's constants, computed by one thread.
template <class Rule> __device__ inline void step(
    const Slot* slots, int count, const double* constants, const double* squaredNorm, double maxNorm)
{
    __shared__ float shared[sizeof(Rule) / sizeof(float) + 1];
    Rule& rule = *reinterpret_cast<Rule*>(shared);
    if (threadIdx.x == 0)
        rule = Rule(constants, squaredNorm, maxNorm);
    __syncthreads();
    update_piece(slots, count, rule);
}

extern "C" __global__ void __launch_bounds__(256) adam(
    const Slot* slots, int count, const double* constants, const double* squaredNorm, double maxNorm)
{
    step<AdamRule>(slots, count, constants, squaredNorm, maxNorm);
}

extern "C" __global__ void __launch_bounds__(256) sgd(
    const Slot* slots, int count, const double* constants, const double* squaredNorm, double maxNorm)
{
    step<SgdRule>(slots, count, constants, squaredNorm, maxNorm);
}

extern "C" __global__ void __launch_bounds__(256) move_toward(const Slot* slots, int count, double fraction)
{
    update_piece(slots, count, MoveRule(fraction));
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
