// What a kernel needs of the device beyond plain CUDA C++: all PTX is here.
// Where the compiler is not a GPU's, for the emulated device, each has the same in C++.
// A kernel file includes common.cuh, which includes this. Of CUDA itself the emulated device knows
//   __global__ __device__ __forceinline__ __restrict__ __launch_bounds__, __shared__ of fixed sizes,
//   float2 float4 int2 int4 uint2 uint4 and make_..., threadIdx blockIdx blockDim gridDim warpSize,
//   __syncthreads, __syncwarp, __shfl_sync, __shfl_xor_sync, __shfl_down_sync, __shfl_up_sync, __ballot_sync, __any_sync, __all_sync,
//   __ldg, and the math of integers, float and double (min, max, expf, logf, sqrtf, rsqrtf, tanhf, erfcf, fmaf, exp, sin, cos ...).
#pragma once

typedef unsigned short half_bits;       // IEEE 754 binary16
typedef unsigned short bfloat16_bits;   // upper half of a binary32

__device__ __forceinline__ float half_to_float(half_bits h)
{
    float f;
#ifdef __CUDA_ARCH__
    asm("cvt.f32.f16 %0, %1;" : "=f"(f) : "h"(h));
#else
    _Float16 same;
    __builtin_memcpy(&same, &h, sizeof h);
    f = (float)same;
#endif
    return f;
}

// To nearest even.
__device__ __forceinline__ half_bits float_to_half(float f)
{
    half_bits h;
#ifdef __CUDA_ARCH__
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(h) : "f"(f));
#else
    _Float16 same = (_Float16)f;
    __builtin_memcpy(&h, &same, sizeof h);
#endif
    return h;
}

__device__ __forceinline__ float bfloat16_to_float(bfloat16_bits b)
{
    return __uint_as_float((unsigned)b << 16);
}

// To nearest even; a NaN stays a NaN.
__device__ __forceinline__ bfloat16_bits float_to_bfloat16(float f)
{
#if __CUDA_ARCH__ >= 800
    bfloat16_bits b;
    asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(b) : "f"(f));
    return b;
#else
    unsigned bits = __float_as_uint(f);
    if (f != f)
        return (bits >> 16) | 0x40;
    return (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
#endif
}

// The block's dynamic shared memory, 16-byte aligned, as an array of Type: DYNAMIC_SHARED(float, tile);
#define DYNAMIC_SHARED(Type, name) \
    extern __shared__ __align__(16) unsigned char dynamic_shared_memory[]; \
    Type* const name = reinterpret_cast<Type*>(dynamic_shared_memory)
