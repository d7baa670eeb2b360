// Gradient of doubling an image (the doubling itself is in move.cu), and bilinear resizing, on NHWC images.
//   upsample_nearest_2x_backward  dx[n, h, w] = sum of dy[n, 2 h + a, 2 w + b], a, b < 2
//   resize_bilinear               centres at i + 1/2, as PyTorch's align_corners=False; taps in float64, as on the CPU
// x, y, dy, dx Scalar. A gradient gathers what each output pixel took from it: no atomics.
// Launch: 256 threads, one pack of channels per thread, grid-stride beyond; _scalar forms where C is no multiple of a pack.
#include "common.cuh"

// The two neighbours of output pixel i along one axis, and the weight of the second.
struct Taps
{
    int low, high;
    double weight;

    __device__ inline Taps(int i, int from, int to)
    {
        double at = (i + 0.5) * from / to - 0.5;
        at = at > 0 ? at : 0;
        low = (int)at < from - 1 ? (int)at : from - 1;
        high = low + 1 < from - 1 ? low + 1 : from - 1;
        weight = at - low;
    }

    // What input pixel `at` gives to the output pixel.
    __device__ inline double share(int at) const { return (at == low ? 1 - weight : 0) + (at == high ? weight : 0); }
};

// Output pixels that may take something from input pixel `at`: first..end.
struct Takers
{
    int first, end;

    __device__ inline Takers(int at, int from, int to)
    {
        double scale = (double)to / from;
        double low = (at - 0.5) * scale - 1.5, high = (at + 1.5) * scale + 1.5;
        first = at == 0 || low < 0 ? 0 : (int)low;
        end = at == from - 1 || high > to ? to : (int)high + 1;
        end = end < to ? end : to;
    }
};

template <int W> __device__ inline void upsample_gradient(const Scalar* dy, Scalar* dx, long long pixels, int width, int channels)
{
    int packs = channels / W;
    RowColumn at(thread_index(), thread_count(), packs);
    for (long long i = thread_index(); i < pixels * packs; i += thread_count(), at.next())
    {
        long long above = 4 * (at.row / width) * width + 2 * (at.row % width), below = above + 2 * width;
        long long c = (long long)at.column * W;
        float a[W], b[W], d[W], e[W];
        load_pack<W>(dy, above * channels + c, a);
        load_pack<W>(dy, below * channels + c, b);
        load_pack<W>(dy, (above + 1) * channels + c, d);
        load_pack<W>(dy, (below + 1) * channels + c, e);
#pragma unroll
        for (int k = 0; k < W; k++)
            a[k] = a[k] + b[k] + (d[k] + e[k]);
        store_pack<W>(dx, i * W, a);
    }
}

template <int W> __device__ inline void resize(
    const Scalar* x, Scalar* y, long long images, int height, int width, int toHeight, int toWidth, int channels)
{
    int packs = channels / W;
    RowColumn at(thread_index(), thread_count(), packs);
    for (long long i = thread_index(); i < images * toHeight * toWidth * packs; i += thread_count(), at.next())
    {
        long long image = at.row / toWidth / toHeight, c = (long long)at.column * W;
        Taps row((int)(at.row / toWidth % toHeight), height, toHeight), column((int)(at.row % toWidth), width, toWidth);
        long long top = (image * height + row.low) * width, bottom = (image * height + row.high) * width;
        float a[W], b[W], d[W], e[W];
        load_pack<W>(x, (top + column.low) * channels + c, a);
        load_pack<W>(x, (top + column.high) * channels + c, b);
        load_pack<W>(x, (bottom + column.low) * channels + c, d);
        load_pack<W>(x, (bottom + column.high) * channels + c, e);
        float wa = (float)((1 - column.weight) * (1 - row.weight)), wb = (float)(column.weight * (1 - row.weight));
        float wd = (float)((1 - column.weight) * row.weight), we = (float)(column.weight * row.weight);
#pragma unroll
        for (int k = 0; k < W; k++)
            a[k] = a[k] * wa + b[k] * wb + (d[k] * wd + e[k] * we);
        store_pack<W>(y, i * W, a);
    }
}

template <int W> __device__ inline void resize_gradient(
    const Scalar* dy, Scalar* dx, long long images, int height, int width, int toHeight, int toWidth, int channels)
{
    int packs = channels / W;
    RowColumn at(thread_index(), thread_count(), packs);
    for (long long i = thread_index(); i < images * height * width * packs; i += thread_count(), at.next())
    {
        long long image = at.row / width / height;
        int h = (int)(at.row / width % height), w = (int)(at.row % width);
        Takers rows(h, height, toHeight), columns(w, width, toWidth);
        float sum[W], d[W];
#pragma unroll
        for (int k = 0; k < W; k++)
            sum[k] = 0.f;
        for (int u = rows.first; u < rows.end; u++)
        {
            double rowShare = Taps(u, height, toHeight).share(h);
            for (int v = columns.first; v < columns.end && rowShare != 0; v++)
            {
                float share = (float)(rowShare * Taps(v, width, toWidth).share(w));
                if (share == 0.f)
                    continue;
                load_pack<W>(dy, ((image * toHeight + u) * toWidth + v) * channels + (long long)at.column * W, d);
#pragma unroll
                for (int k = 0; k < W; k++)
                    sum[k] = fmaf(d[k], share, sum[k]);
            }
        }
        store_pack<W>(dx, i * W, sum);
    }
}

#define RESIZE(suffix, W) \
    extern "C" __global__ void __launch_bounds__(256) upsample_nearest_2x_backward##suffix( \
        const Scalar* dy, Scalar* dx, long long pixels, int width, int channels) \
    { \
        upsample_gradient<W>(dy, dx, pixels, width, channels); \
    } \
    extern "C" __global__ void __launch_bounds__(256) resize_bilinear##suffix( \
        const Scalar* x, Scalar* y, long long images, int height, int width, int toHeight, int toWidth, int channels) \
    { \
        resize<W>(x, y, images, height, width, toHeight, toWidth, channels); \
    } \
    extern "C" __global__ void __launch_bounds__(256) resize_bilinear_backward##suffix( \
        const Scalar* dy, Scalar* dx, long long images, int height, int width, int toHeight, int toWidth, int channels) \
    { \
        resize_gradient<W>(dy, dx, images, height, width, toHeight, toWidth, channels); \
    }

RESIZE(, Vector<Scalar>::WIDTH)
RESIZE(_scalar, 1)
