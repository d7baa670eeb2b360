// Values of Philox 4x32-10 (Salmon et al. 2011), with the bits of Random/PhiloxLanes.cs: the same operations, each rounded once; no
// product and sum is left for the compiler to fuse.
//   uniform   y = (word >> 8) / 2^24, in [0, 1)
//   normal    Box and Muller 1958: pairs of words (a, b) give sqrt(-2 ln ((a + 1) / 2^32)) times cos and sin of 2 pi (b >> 8) / 2^24
// y [rows, columns] float; states [rows, 3] seed, stream and counter of each row, whose values 4 i to 4 i + 3 are of block counter + i.
// Launch: 256 threads, one block of Philox per thread, grid-stride beyond.
#include "common.cuh"

struct Words { unsigned at[4]; };

__device__ inline Words philox(unsigned long long seed, unsigned long long stream, unsigned long long counter)
{
    unsigned x = (unsigned)counter, y = (unsigned)(counter >> 32), z = (unsigned)stream, w = (unsigned)(stream >> 32);
    unsigned key0 = (unsigned)seed, key1 = (unsigned)(seed >> 32);
#pragma unroll
    for (int round = 0; round < 10; round++)
    {
        unsigned pHigh = __umulhi(0xD2511F53u, x), pLow = 0xD2511F53u * x, qHigh = __umulhi(0xCD9E8D57u, z), qLow = 0xCD9E8D57u * z;
        x = qHigh ^ y ^ key0;
        y = qLow;
        z = pHigh ^ w ^ key1;
        w = pLow;
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
    Words words = {{x, y, z, w}};
    return words;
}

struct Uniform
{
    static __device__ inline void pair(unsigned a, unsigned b, float& first, float& second)
    {
        first = __fmul_rn((float)(int)(a >> 8), 1.f / (1 << 24));
        second = __fmul_rn((float)(int)(b >> 8), 1.f / (1 << 24));
    }
};

struct Normal
{
    static __device__ inline float radius(unsigned word)
    {
        const int ROOT_HALF = 0x3F3504F3;
        float high = (float)(int)(word >> 16), low = (float)(int)(word & 0xFFFFu);
        float u = __fmaf_rn(high, 1.f / (1 << 16), __fmaf_rn(low, 1.f / 4294967296.f, 1.f / 4294967296.f));
        int bits = __float_as_int(u) - ROOT_HALF;
        float k = (float)(bits >> 23), f = __fadd_rn(__int_as_float((bits & 0x7FFFFF) + ROOT_HALF), -1.f);
        float p = -0.0790274367f;
        p = __fmaf_rn(p, f, 0.126223192f);
        p = __fmaf_rn(p, f, -0.129981831f);
        p = __fmaf_rn(p, f, 0.142144963f);
        p = __fmaf_rn(p, f, -0.166412815f);
        p = __fmaf_rn(p, f, 0.200010449f);
        p = __fmaf_rn(p, f, -0.25000307f);
        p = __fmaf_rn(p, f, 0.333333313f);
        p = __fmaf_rn(p, f, -0.5f);
        float logarithm = __fmaf_rn(k, 0.693147182f, __fmaf_rn(p, __fmul_rn(f, f), f));
        return __fsqrt_rn(__fmul_rn(logarithm, -2.f));
    }

    static __device__ inline void pair(unsigned a, unsigned b, float& first, float& second)
    {
        unsigned angle = b >> 8, quadrant = (angle + (1u << 21)) >> 22;
        float r = __fmul_rn((float)(int)(angle - (quadrant << 22)), 1.f / (1 << 22)), square = __fmul_rn(r, r);
        float p = -0.00462196674f;
        p = __fmaf_rn(p, square, 0.0796870291f);
        p = __fmaf_rn(p, square, -0.645964026f);
        p = __fmaf_rn(p, square, -4.37113883e-08f);
        float sine = __fmaf_rn(r, 1.57079637f, __fmul_rn(p, r));
        p = 0.000906739908f;
        p = __fmaf_rn(p, square, -0.0208615288f);
        p = __fmaf_rn(p, square, 0.253669411f);
        p = __fmaf_rn(p, square, -1.23370051f);
        float cosine = __fmaf_rn(p, square, 1.f);

        bool odd = quadrant & 1;
        float s = odd ? cosine : sine, c = odd ? sine : cosine, size = radius(a);
        first = __fmul_rn(size, __uint_as_float(__float_as_uint(c) ^ ((quadrant + 1) << 30 & 0x80000000u)));
        second = __fmul_rn(size, __uint_as_float(__float_as_uint(s) ^ (quadrant << 30 & 0x80000000u)));
    }
};

template <class Distribution> __device__ inline void fill_rows(
    const unsigned long long* states, float* y, long long rows, int columns)
{
    int blocks = (columns + 3) / 4;
    RowColumn at(thread_index(), thread_count(), blocks);
    for (; at.row < rows; at.next())
    {
        const unsigned long long* state = states + 3 * at.row;
        Words words = philox(state[0], state[1], state[2] + at.column);
        float values[4];
        Distribution::pair(words.at[0], words.at[1], values[0], values[1]);
        Distribution::pair(words.at[2], words.at[3], values[2], values[3]);
        long long first = at.row * columns + 4LL * at.column;
        if (columns % 4 == 0)
            store_pack<4>(y, first, values);
        else
        {
            for (int k = 0; k < 4 && 4 * at.column + k < columns; k++)
                y[first + k] = values[k];
        }
    }
}

extern "C" __global__ void __launch_bounds__(256) uniform(const unsigned long long* states, float* y, long long rows, int columns)
{
    fill_rows<Uniform>(states, y, rows, columns);
}

extern "C" __global__ void __launch_bounds__(256) normal(const unsigned long long* states, float* y, long long rows, int columns)
{
    fill_rows<Normal>(states, y, rows, columns);
}
