// Elementwise arithmetic and its broadcasts. All Scalar but for the sum of accumulate_float and the factors of expand_rows: float.
//   add, subtract, multiply, divide   y = a op b       affine          y = multiply x + add
//   clamp  y = min(max(x, low), high)                  clamp_backward  dx = dy where low <= x <= high, else 0
//   accumulate           sum += x
//   add_broadcast        y[g, r, c] = x[g, r, c] + b[g, c]                          x as rows of C, groupRows rows a group
//   scale_shift          y[g, r, c] = x[g, r, c] (1 + scale[g, c]) + shift[g, c]     shift may be null
//   mul_per_sample       y[n, i] = x[n, i] w[n]        expand_rows     y[n, i] = multiply x[n]
// Launch: 256 threads, one 16-byte pack per thread (grid-stride beyond); _scalar forms where rows are no multiple of a pack.
#include "elementwise.cuh"

struct AddTerms { __device__ inline float operator()(float a, float b) const { return a + b; } };
struct SubTerms { __device__ inline float operator()(float a, float b) const { return a - b; } };
struct MulTerms { __device__ inline float operator()(float a, float b) const { return a * b; } };
struct DivTerms { __device__ inline float operator()(float a, float b) const { return a / b; } };

#define BINARY(name, Op) \
    extern "C" __global__ void __launch_bounds__(256) name(const Scalar* a, const Scalar* b, Scalar* y, long long count) \
    { \
        map_pairs(a, b, y, count, Op()); \
    }

BINARY(add, AddTerms)
BINARY(subtract, SubTerms)
BINARY(multiply, MulTerms)
BINARY(divide, DivTerms)

struct AffineMap
{
    float multiply, add;
    __device__ inline float operator()(float x) const { return x * multiply + add; }
};

struct ClampMap
{
    float low, high;
    __device__ inline float operator()(float x) const { return x < low ? low : x > high ? high : x; }
};

struct ClampGradient
{
    float low, high;
    __device__ inline float operator()(float x, float dy) const { return x >= low && x <= high ? dy : 0.f; }
};

extern "C" __global__ void __launch_bounds__(256) affine(const Scalar* x, Scalar* y, long long count, float multiply, float add)
{
    AffineMap map = {multiply, add};
    map_elements(x, y, count, map);
}

extern "C" __global__ void __launch_bounds__(256) clamp(const Scalar* x, Scalar* y, long long count, float low, float high)
{
    ClampMap map = {low, high};
    map_elements(x, y, count, map);
}

extern "C" __global__ void __launch_bounds__(256) clamp_backward(
    const Scalar* x, const Scalar* dy, Scalar* dx, long long count, float low, float high)
{
    ClampGradient map = {low, high};
    map_pairs(x, dy, dx, count, map);
}

template <class Sums> __device__ inline void accumulate(Sums* sum, const Scalar* x, long long count)
{
    const int W = 16 / (sizeof(Sums) > sizeof(Scalar) ? sizeof(Sums) : sizeof(Scalar));
    long long packs = count / W;
    for (long long i = thread_index(); i < packs; i += thread_count())
    {
        float u[W], v[W];
        load_pack<W>(sum, i * W, u);
        load_pack<W>(x, i * W, v);
#pragma unroll
        for (int k = 0; k < W; k++)
            u[k] += v[k];
        store_pack<W>(sum, i * W, u);
    }
    for (long long i = packs * W + thread_index(); i < count; i += thread_count())
        store(sum, i, load(sum, i) + load(x, i));
}

extern "C" __global__ void __launch_bounds__(256) accumulate_scalar(Scalar* sum, const Scalar* x, long long count)
{
    accumulate(sum, x, count);
}

extern "C" __global__ void __launch_bounds__(256) accumulate_float(float* sum, const Scalar* x, long long count)
{
    accumulate(sum, x, count);
}

template <int W> __device__ inline void add_group(
    const Scalar* x, const Scalar* b, Scalar* y, long long rows, int columns, long long groupRows)
{
    long long packs = rows * (columns / W);
    RowColumn at(thread_index(), thread_count(), columns / W);
    for (long long i = thread_index(); i < packs; i += thread_count(), at.next())
    {
        float v[W], added[W];
        load_pack<W>(x, i * W, v);
        load_pack<W>(b, at.row / groupRows * columns + (long long)at.column * W, added);
#pragma unroll
        for (int k = 0; k < W; k++)
            v[k] += added[k];
        store_pack<W>(y, i * W, v);
    }
}

template <int W> __device__ inline void scale_and_shift(
    const Scalar* x, const Scalar* scale, const Scalar* shift, Scalar* y, long long rows, int columns, long long groupRows)
{
    long long packs = rows * (columns / W);
    RowColumn at(thread_index(), thread_count(), columns / W);
    for (long long i = thread_index(); i < packs; i += thread_count(), at.next())
    {
        float v[W], factor[W], added[W];
        long long group = at.row / groupRows * columns + (long long)at.column * W;
        load_pack<W>(x, i * W, v);
        load_pack<W>(scale, group, factor);
#pragma unroll
        for (int k = 0; k < W; k++)
            v[k] = fmaf(v[k], factor[k], v[k]);
        if (shift != nullptr)
        {
            load_pack<W>(shift, group, added);
#pragma unroll
            for (int k = 0; k < W; k++)
                v[k] += added[k];
        }
        store_pack<W>(y, i * W, v);
    }
}

template <int W> __device__ inline void multiply_rows(const Scalar* x, const Scalar* w, Scalar* y, long long rows, long long columns)
{
    long long packs = rows * (columns / W), rowPacks = columns / W;
    for (long long i = thread_index(); i < packs; i += thread_count())
    {
        float v[W], factor = load(w, i / rowPacks);
        load_pack<W>(x, i * W, v);
#pragma unroll
        for (int k = 0; k < W; k++)
            v[k] *= factor;
        store_pack<W>(y, i * W, v);
    }
}

template <int W> __device__ inline void repeat_rows(const float* x, Scalar* y, long long rows, long long columns, float multiply)
{
    long long packs = rows * (columns / W), rowPacks = columns / W;
    for (long long i = thread_index(); i < packs; i += thread_count())
    {
        float v[W], value = multiply * x[i / rowPacks];
#pragma unroll
        for (int k = 0; k < W; k++)
            v[k] = value;
        store_pack<W>(y, i * W, v);
    }
}

#define BROADCASTS(suffix, W) \
    extern "C" __global__ void __launch_bounds__(256) add_broadcast##suffix( \
        const Scalar* x, const Scalar* b, Scalar* y, long long rows, int columns, long long groupRows) \
    { \
        add_group<W>(x, b, y, rows, columns, groupRows); \
    } \
    extern "C" __global__ void __launch_bounds__(256) scale_shift##suffix( \
        const Scalar* x, const Scalar* scale, const Scalar* shift, Scalar* y, long long rows, int columns, long long groupRows) \
    { \
        scale_and_shift<W>(x, scale, shift, y, rows, columns, groupRows); \
    } \
    extern "C" __global__ void __launch_bounds__(256) mul_per_sample##suffix( \
        const Scalar* x, const Scalar* w, Scalar* y, long long rows, long long columns) \
    { \
        multiply_rows<W>(x, w, y, rows, columns); \
    } \
    extern "C" __global__ void __launch_bounds__(256) expand_rows##suffix( \
        const float* x, Scalar* y, long long rows, long long columns, float multiply) \
    { \
        repeat_rows<W>(x, y, rows, columns, multiply); \
    }

BROADCASTS(, Vector<Scalar>::WIDTH)
BROADCASTS(_scalar, 1)
