// One or two Scalar arrays into a third, element by element: a 16-byte pack a thread, grid-stride, then the rest.
#pragma once
#include "common.cuh"

// y = map(x)
template <class Map> __device__ inline void map_elements(const Scalar* x, Scalar* y, long long count, Map map)
{
    const int W = Vector<Scalar>::WIDTH;
    long long packs = count / W;
    for (long long i = thread_index(); i < packs; i += thread_count())
    {
        float v[W];
        load_pack<W>(x, i * W, v);
#pragma unroll
        for (int k = 0; k < W; k++)
            v[k] = map(v[k]);
        store_pack<W>(y, i * W, v);
    }
    for (long long i = packs * W + thread_index(); i < count; i += thread_count())
        store(y, i, map(load(x, i)));
}

// y = map(a, b)
template <class Map> __device__ inline void map_pairs(const Scalar* a, const Scalar* b, Scalar* y, long long count, Map map)
{
    const int W = Vector<Scalar>::WIDTH;
    long long packs = count / W;
    for (long long i = thread_index(); i < packs; i += thread_count())
    {
        float u[W], v[W];
        load_pack<W>(a, i * W, u);
        load_pack<W>(b, i * W, v);
#pragma unroll
        for (int k = 0; k < W; k++)
            u[k] = map(u[k], v[k]);
        store_pack<W>(y, i * W, u);
    }
    for (long long i = packs * W + thread_index(); i < count; i += thread_count())
        store(y, i, map(load(a, i), load(b, i)));
}
