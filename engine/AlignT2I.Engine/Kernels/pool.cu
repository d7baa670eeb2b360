// Mean and maximum over square windows of NHWC images.
//   avg_pool  y = sum over the window / divisor, the divisor kernel^2 or the pixels inside the image
//   max_pool  y = largest value, position = the pixel h * W + w it came from (the first of equals; a NaN wins and stays)
//   backward  dx[pixel] = sum over the windows that cover it, in the order of the windows: no atomics
// x, y, dy, dx Scalar [N, height, width, C] and [N, toHeight, toWidth, C]; position int.
// Launch: 256 threads, one element per thread along C (coalesced), grid-stride beyond.
#include "common.cuh"

struct Window
{
    int kernel, stride, padding;

    __device__ inline int first(int i) const { return i * stride - padding > 0 ? i * stride - padding : 0; }
    __device__ inline int end(int i, int size) const { int e = i * stride - padding + kernel; return e < size ? e : size; }

    // Windows that cover pixel p: firstOver..endOver.
    __device__ inline int first_over(int p) const { int i = p + padding - kernel + 1; return i > 0 ? (i + stride - 1) / stride : 0; }
    __device__ inline int end_over(int p, int windows) const { int i = (p + padding) / stride + 1; return i < windows ? i : windows; }
};

__device__ inline float divisor(Window window, int i, int j, int height, int width, bool countIncludePad)
{
    return countIncludePad ? (float)(window.kernel * window.kernel)
        : (float)((window.end(i, height) - window.first(i)) * (window.end(j, width) - window.first(j)));
}

extern "C" __global__ void __launch_bounds__(256) avg_pool(
    const Scalar* x, Scalar* y, long long images, int height, int width, int toHeight, int toWidth, int channels,
    int kernel, int stride, int padding, bool countIncludePad)
{
    Window window = {kernel, stride, padding};
    RowColumn at(thread_index(), thread_count(), channels);
    for (long long i = thread_index(); i < images * toHeight * toWidth * channels; i += thread_count(), at.next())
    {
        long long image = at.row / toWidth / toHeight;
        int u = (int)(at.row / toWidth % toHeight), v = (int)(at.row % toWidth);
        float sum = 0.f;
        for (int h = window.first(u); h < window.end(u, height); h++)
            for (int w = window.first(v); w < window.end(v, width); w++)
                sum += load(x, ((image * height + h) * width + w) * channels + at.column);
        store(y, i, sum / divisor(window, u, v, height, width, countIncludePad));
    }
}

extern "C" __global__ void __launch_bounds__(256) avg_pool_backward(
    const Scalar* dy, Scalar* dx, long long images, int height, int width, int toHeight, int toWidth, int channels,
    int kernel, int stride, int padding, bool countIncludePad)
{
    Window window = {kernel, stride, padding};
    RowColumn at(thread_index(), thread_count(), channels);
    for (long long i = thread_index(); i < images * height * width * channels; i += thread_count(), at.next())
    {
        long long image = at.row / width / height;
        int h = (int)(at.row / width % height), w = (int)(at.row % width);
        float sum = 0.f;
        for (int u = window.first_over(h); u < window.end_over(h, toHeight); u++)
            for (int v = window.first_over(w); v < window.end_over(w, toWidth); v++)
                sum += load(dy, ((image * toHeight + u) * toWidth + v) * channels + at.column)
                    / divisor(window, u, v, height, width, countIncludePad);
        store(dx, i, sum);
    }
}

extern "C" __global__ void __launch_bounds__(256) max_pool(
    const Scalar* x, Scalar* y, int* position, long long images, int height, int width, int toHeight, int toWidth, int channels,
    int kernel, int stride, int padding)
{
    Window window = {kernel, stride, padding};
    RowColumn at(thread_index(), thread_count(), channels);
    for (long long i = thread_index(); i < images * toHeight * toWidth * channels; i += thread_count(), at.next())
    {
        long long image = at.row / toWidth / toHeight;
        int u = (int)(at.row / toWidth % toHeight), v = (int)(at.row % toWidth);
        int best = window.first(u) * width + window.first(v);
        float largest = load(x, (image * height * width + best) * channels + at.column);
        for (int h = window.first(u); h < window.end(u, height); h++)
        {
            for (int w = window.first(v); w < window.end(v, width); w++)
            {
                float value = load(x, ((image * height + h) * width + w) * channels + at.column);
                if (value <= largest || largest != largest)
                    continue;
                largest = value;
                best = h * width + w;
            }
        }
        store(y, i, largest);
        position[i] = best;
    }
}

extern "C" __global__ void __launch_bounds__(256) max_pool_backward(
    const Scalar* dy, const int* position, Scalar* dx, long long images, int height, int width, int toHeight, int toWidth, int channels,
    int kernel, int stride, int padding)
{
    Window window = {kernel, stride, padding};
    RowColumn at(thread_index(), thread_count(), channels);
    for (long long i = thread_index(); i < images * height * width * channels; i += thread_count(), at.next())
    {
        long long image = at.row / width / height;
        int pixel = (int)(at.row % ((long long)height * width));
        float sum = 0.f;
        for (int u = window.first_over(pixel / width); u < window.end_over(pixel / width, toHeight); u++)
        {
            for (int v = window.first_over(pixel % width); v < window.end_over(pixel % width, toWidth); v++)
            {
                long long from = ((image * toHeight + u) * toWidth + v) * channels + at.column;
                if (position[from] == pixel)
                    sum += load(dy, from);
            }
        }
        store(dx, i, sum);
    }
}
