// Activations and GEGLU, elementwise.
//   forward  y = f(x);  backward  dx = dy f'(saved), where saved is x, or y for relu, sigmoid, tanh and exp
//   geglu    y[r, c] = x[r, c] gelu(x[r, C + c]), x [rows, 2 C]
// x, y, dy, dx Scalar. s is the sigmoid, Phi the normal distribution and phi its density.
// Launch: 256 threads, enough blocks for one 16-byte pack per thread (grid-stride beyond); geglu takes its _scalar form where
// the width is no multiple of a pack.
#include "elementwise.cuh"

__device__ inline float sigmoid(float x) { return 1.f / (1.f + expf(-x)); }

// s (1 - s) without cancellation on either side.
__device__ inline float sigmoid_slope(float x)
{
    float e = expf(-fabsf(x));
    return e / ((1.f + e) * (1.f + e));
}

__device__ inline float normal_cumulative(float x) { return 0.5f * erfcf(-0.70710678f * x); }

__device__ inline float normal_density(float x) { return 0.39894228f * expf(-0.5f * x * x); }

struct Silu
{
    static __device__ inline float forward(float x) { return x / (1.f + expf(-x)); }
    static __device__ inline float derivative(float x) { return sigmoid(x) + x * sigmoid_slope(x); }
};

struct Gelu
{
    static __device__ inline float forward(float x) { return x * normal_cumulative(x); }
    static __device__ inline float derivative(float x) { return normal_cumulative(x) + x * normal_density(x); }
};

// x (1 + tanh u) / 2 with u = sqrt(2/pi) (x + 0.044715 x^3), computed as x s(2 u), which does not cancel.
struct GeluTanh
{
    static __device__ inline float twice(float x) { return x * (1.59576912f + 0.071354816f * x * x); }
    static __device__ inline float forward(float x) { return x / (1.f + expf(-twice(x))); }
    static __device__ inline float derivative(float x)
    {
        float z = twice(x);
        return sigmoid(z) + x * sigmoid_slope(z) * (1.59576912f + 0.214064449f * x * x);
    }
};

struct QuickGelu
{
    static __device__ inline float forward(float x) { return x / (1.f + expf(-1.702f * x)); }
    static __device__ inline float derivative(float x)
    {
        float z = 1.702f * x;
        return sigmoid(z) + z * sigmoid_slope(z);
    }
};

struct Relu
{
    static __device__ inline float forward(float x) { return x > 0.f || x != x ? x : 0.f; }
    static __device__ inline float derivative(float y) { return y > 0.f ? 1.f : 0.f; }
};

struct Sigmoid
{
    static __device__ inline float forward(float x) { return sigmoid(x); }
    static __device__ inline float derivative(float y) { return y * (1.f - y); }
};

struct Tanh
{
    static __device__ inline float forward(float x) { return tanhf(x); }
    static __device__ inline float derivative(float y) { return 1.f - y * y; }
};

struct Exp
{
    static __device__ inline float forward(float x) { return expf(x); }
    static __device__ inline float derivative(float y) { return y; }
};

struct Log
{
    static __device__ inline float forward(float x) { return logf(x); }
    static __device__ inline float derivative(float x) { return 1.f / x; }
};

template <class Function> struct Forward
{
    __device__ inline float operator()(float x) const { return Function::forward(x); }
};

template <class Function> struct Backward
{
    __device__ inline float operator()(float saved, float dy) const { return dy * Function::derivative(saved); }
};

#define ACTIVATION(name, Function) \
    extern "C" __global__ void __launch_bounds__(256) name##_forward(const Scalar* x, Scalar* y, long long count) \
    { \
        map_elements(x, y, count, Forward<Function>()); \
    } \
    extern "C" __global__ void __launch_bounds__(256) name##_backward( \
        const Scalar* saved, const Scalar* dy, Scalar* dx, long long count) \
    { \
        map_pairs(saved, dy, dx, count, Backward<Function>()); \
    }

ACTIVATION(silu, Silu)
ACTIVATION(gelu, Gelu)
ACTIVATION(gelu_tanh, GeluTanh)
ACTIVATION(quick_gelu, QuickGelu)
ACTIVATION(relu, Relu)
ACTIVATION(sigmoid, Sigmoid)
ACTIVATION(tanh, Tanh)
ACTIVATION(exp, Exp)
ACTIVATION(log, Log)

template <int W> __device__ inline void geglu(const Scalar* x, Scalar* y, long long rows, int columns)
{
    long long packs = rows * (columns / W);
    RowColumn at(thread_index(), thread_count(), columns / W);
    for (long long i = thread_index(); i < packs; i += thread_count(), at.next())
    {
        float value[W], gate[W];
        long long first = 2 * at.row * columns + (long long)at.column * W;
        load_pack<W>(x, first, value);
        load_pack<W>(x, first + columns, gate);
#pragma unroll
        for (int k = 0; k < W; k++)
            value[k] *= Gelu::forward(gate[k]);
        store_pack<W>(y, i * W, value);
    }
}

template <int W> __device__ inline void geglu_gradient(const Scalar* x, const Scalar* dy, Scalar* dx, long long rows, int columns)
{
    long long packs = rows * (columns / W);
    RowColumn at(thread_index(), thread_count(), columns / W);
    for (long long i = thread_index(); i < packs; i += thread_count(), at.next())
    {
        float value[W], gate[W], d[W];
        long long first = 2 * at.row * columns + (long long)at.column * W;
        load_pack<W>(x, first, value);
        load_pack<W>(x, first + columns, gate);
        load_pack<W>(dy, i * W, d);
#pragma unroll
        for (int k = 0; k < W; k++)
        {
            float cumulative = normal_cumulative(gate[k]);
            value[k] *= d[k] * (cumulative + gate[k] * normal_density(gate[k]));
            d[k] *= gate[k] * cumulative;
        }
        store_pack<W>(dx, first, d);
        store_pack<W>(dx, first + columns, value);
    }
}

#define GEGLU(suffix, W) \
    extern "C" __global__ void __launch_bounds__(256) geglu_forward##suffix(const Scalar* x, Scalar* y, long long rows, int columns) \
    { \
        geglu<W>(x, y, rows, columns); \
    } \
    extern "C" __global__ void __launch_bounds__(256) geglu_backward##suffix( \
        const Scalar* x, const Scalar* dy, Scalar* dx, long long rows, int columns) \
    { \
        geglu_gradient<W>(x, dy, dx, rows, columns); \
    }

GEGLU(, Vector<Scalar>::WIDTH)
GEGLU(_scalar, 1)
