// CUDA's built-ins for kernels that are compiled as C++ and run by runtime.cpp: every thread of a block is a coroutine.
#pragma once
#include "abi.h"

#define __global__
#define __device__
#define __host__
#define __constant__ static
#define __shared__ static
#define __forceinline__ inline
#define __noinline__ __attribute__((noinline))
#define __restrict__ __restrict
#define __align__(n) alignas(n)
#define __launch_bounds__(...)
#define INFINITY __builtin_inff()
#define NAN __builtin_nanf("")

// The block's dynamic shared memory as an array: DYNAMIC_SHARED(float, tile);
#define DYNAMIC_SHARED(Type, name) Type* const name = reinterpret_cast<Type*>(emulated_dynamic_shared())

#define threadIdx (emulated_thread())
#define blockIdx (emulated_block())
#define blockDim (emulated_block_size())
#define gridDim (emulated_grid_size())
#define warpSize 32

typedef __SIZE_TYPE__ size_t;

#define VECTORS(T, name, a2, a4) \
    struct alignas(a2) name##2 { T x, y; }; \
    struct name##3 { T x, y, z; }; \
    struct alignas(a4) name##4 { T x, y, z, w; }; \
    static inline name##2 make_##name##2(T x, T y) { return {x, y}; } \
    static inline name##3 make_##name##3(T x, T y, T z) { return {x, y, z}; } \
    static inline name##4 make_##name##4(T x, T y, T z, T w) { return {x, y, z, w}; }
VECTORS(float, float, 8, 16)
VECTORS(int, int, 8, 16)
VECTORS(unsigned, uint, 8, 16)
VECTORS(unsigned short, ushort, 4, 8)
VECTORS(unsigned char, uchar, 2, 4)
VECTORS(double, double, 16, 16)
VECTORS(long long, longlong, 16, 16)
VECTORS(unsigned long long, ulonglong, 16, 16)
#undef VECTORS

static inline void __syncthreads() { emulated_sync_block(); }
static inline void __syncwarp(unsigned mask = 0xffffffffu) { emulated_sync_warp(mask); }
static inline void __threadfence() {}
static inline void __threadfence_block() {}
static inline void __trap() { emulated_fail("__trap was called"); }

static inline int emulated_lane()
{
    Index3 t = threadIdx, n = blockDim;
    return (t.x + n.x * (t.y + n.y * t.z)) % 32;
}

template <class T> static inline T emulated_shuffle(unsigned mask, T value, int lane)
{
    static_assert(sizeof(T) <= 8, "a shuffle moves at most 8 bytes");
    unsigned long long bits = 0;
    __builtin_memcpy(&bits, &value, sizeof(T));
    bits = emulated_exchange(mask, bits, lane);
    __builtin_memcpy(&value, &bits, sizeof(T));
    return value;
}

template <class T> static inline T __shfl_sync(unsigned mask, T value, int source, int width = 32)
{
    int lane = emulated_lane();
    return emulated_shuffle(mask, value, lane / width * width + source % width);
}

template <class T> static inline T __shfl_xor_sync(unsigned mask, T value, int bits, int width = 32)
{
    int lane = emulated_lane(), source = lane ^ bits;
    return emulated_shuffle(mask, value, source / width > lane / width ? lane : source);
}

template <class T> static inline T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = 32)
{
    int lane = emulated_lane();
    return emulated_shuffle(mask, value, lane % width + (int)delta < width ? lane + (int)delta : lane);
}

template <class T> static inline T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = 32)
{
    int lane = emulated_lane();
    return emulated_shuffle(mask, value, lane % width >= (int)delta ? lane - (int)delta : lane);
}

static inline unsigned __ballot_sync(unsigned mask, int predicate) { return emulated_ballot(mask, predicate); }
static inline int __any_sync(unsigned mask, int predicate) { return emulated_ballot(mask, predicate) != 0; }
static inline int __all_sync(unsigned mask, int predicate) { return emulated_ballot(mask, !predicate) == 0; }

template <class T> static inline T __ldg(const T* p) { return *p; }
template <class T> static inline T __ldcs(const T* p) { return *p; }
template <class T> static inline void __stcs(T* p, T value) { *p = value; }

// One coroutine runs at a time, so a plain update is atomic.
template <class T> static inline T atomicAdd(T* p, T value)
{
    static_assert(!__is_same(T, float) && !__is_same(T, double), "no atomics on floats: the sum would depend on the order");
    T old = *p;
    *p = old + value;
    return old;
}

template <class T> static inline T atomicMax(T* p, T value)
{
    T old = *p;
    *p = old > value ? old : value;
    return old;
}

template <class T> static inline T atomicMin(T* p, T value)
{
    T old = *p;
    *p = old < value ? old : value;
    return old;
}

template <class T> static inline T atomicExch(T* p, T value)
{
    T old = *p;
    *p = value;
    return old;
}

static inline unsigned atomicInc(unsigned* p, unsigned limit)
{
    unsigned old = *p;
    *p = old >= limit ? 0 : old + 1;
    return old;
}

template <class To, class From> static inline To emulated_bits(From value)
{
    static_assert(sizeof(To) == sizeof(From), "");
    To bits;
    __builtin_memcpy(&bits, &value, sizeof(To));
    return bits;
}

static inline float __uint_as_float(unsigned v) { return emulated_bits<float>(v); }
static inline unsigned __float_as_uint(float v) { return emulated_bits<unsigned>(v); }
static inline float __int_as_float(int v) { return emulated_bits<float>(v); }
static inline int __float_as_int(float v) { return emulated_bits<int>(v); }
static inline long long __double_as_longlong(double v) { return emulated_bits<long long>(v); }
static inline double __longlong_as_double(long long v) { return emulated_bits<double>(v); }

// Conversions saturate and a NaN becomes 0, as on the device; C++'s own are undefined there.
template <class To> static inline To emulated_saturate(double v, double low, double high, To lowest, To highest)
{
    return v != v ? 0 : v <= low ? lowest : v >= high ? highest : (To)v;
}

static inline int __float2int_rz(float v) { return emulated_saturate<int>(v, -2147483648.0, 2147483648.0, -2147483647 - 1, 2147483647); }
static inline int __float2int_rn(float v) { return __float2int_rz(__builtin_rintf(v)); }
static inline int __float2int_rd(float v) { return __float2int_rz(__builtin_floorf(v)); }
static inline unsigned __float2uint_rz(float v) { return emulated_saturate<unsigned>(v, 0.0, 4294967296.0, 0, 4294967295u); }
static inline long long __float2ll_rz(float v)
{
    return emulated_saturate<long long>(v, -0x1p63, 0x1p63, -0x7fffffffffffffffLL - 1, 0x7fffffffffffffffLL);
}

static inline unsigned __umulhi(unsigned a, unsigned b) { return (unsigned)(((unsigned long long)a * b) >> 32); }
static inline int __clz(int v) { return v == 0 ? 32 : __builtin_clz(v); }
static inline int __popc(unsigned v) { return __builtin_popcount(v); }
static inline int __ffs(int v) { return __builtin_ffs(v); }

template <class A, class B> static inline auto min(A a, B b) -> decltype(a + b) { return a < b ? a : b; }
template <class A, class B> static inline auto max(A a, B b) -> decltype(a + b) { return a > b ? a : b; }
static inline int abs(int v) { return v < 0 ? -v : v; }

#define MATH1(name) static inline float name##f(float v) { return __builtin_##name##f(v); } \
    static inline double name(double v) { return __builtin_##name(v); }
MATH1(exp) MATH1(exp2) MATH1(expm1) MATH1(log) MATH1(log2) MATH1(log1p) MATH1(sqrt) MATH1(tanh) MATH1(erf) MATH1(erfc)
MATH1(sin) MATH1(cos) MATH1(floor) MATH1(ceil) MATH1(rint) MATH1(round) MATH1(trunc) MATH1(fabs)
#undef MATH1
#define MATH2(name) static inline float name##f(float a, float b) { return __builtin_##name##f(a, b); } \
    static inline double name(double a, double b) { return __builtin_##name(a, b); }
MATH2(pow) MATH2(fmin) MATH2(fmax) MATH2(fmod) MATH2(copysign)
#undef MATH2
static inline float fmaf(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
static inline double fma(double a, double b, double c) { return __builtin_fma(a, b, c); }
static inline float __fmaf_rn(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
static inline float __fadd_rn(float a, float b) { return a + b; }
static inline float __fsub_rn(float a, float b) { return a - b; }
static inline float __fmul_rn(float a, float b) { return a * b; }
static inline float __fdiv_rn(float a, float b) { return a / b; }
static inline float __fsqrt_rn(float a) { return __builtin_sqrtf(a); }
static inline float rsqrtf(float v) { return 1.f / __builtin_sqrtf(v); }
static inline double rsqrt(double v) { return 1.0 / __builtin_sqrt(v); }
static inline float __expf(float v) { return __builtin_expf(v); }
static inline float __logf(float v) { return __builtin_logf(v); }
static inline float __fdividef(float a, float b) { return a / b; }
static inline float __frcp_rn(float v) { return 1.f / v; }
static inline float __frsqrt_rn(float v) { return rsqrtf(v); }
static inline void sincosf(float v, float* s, float* c) { *s = __builtin_sinf(v); *c = __builtin_cosf(v); }
static inline bool isnan(float v) { return v != v; }
static inline bool isinf(float v) { return __builtin_isinf(v); }
static inline bool isfinite(float v) { return __builtin_isfinite(v); }

// Entries of the table of kernels that the generated end of a compiled file makes.
template <class... P> struct EmulatedParameters
{
    static constexpr int sizes[sizeof...(P) + 1] = {(int)sizeof(P)..., 0};
};

template <class F, F function> struct EmulatedKernel;

template <class... P, void (*function)(P...)> struct EmulatedKernel<void (*)(P...), function>
{
    template <int... I> struct Numbers {};

    template <int N, int... I> struct Count : Count<N - 1, N - 1, I...> {};

    template <int... I> struct Count<0, I...> { typedef Numbers<I...> type; };

    template <int... I>
    __attribute__((no_sanitize("kernel-address", "undefined"))) static void spread(void** parameters, Numbers<I...>)
    {
        function(*reinterpret_cast<P*>(parameters[I])...);
    }

    __attribute__((no_sanitize("kernel-address", "undefined"))) static void call(void** parameters)
    {
        spread(parameters, typename Count<(int)sizeof...(P)>::type());
    }

    static constexpr Kernel entry(const char* name, int max_threads)
    {
        return {name, (int)sizeof...(P), EmulatedParameters<P...>::sizes, &call, max_threads};
    }
};

#define EMULATED_KERNEL(function, max_threads) EmulatedKernel<decltype(&function), &function>::entry(#function, max_threads)
