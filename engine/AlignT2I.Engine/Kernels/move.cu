// Moves elements of any type without looking at them: tensors seen as arrays of WORD bytes (1, 2, 4, 8 or 16; the largest that
// divides all strides).
//   fill                 y = pattern, repeated every 8 bytes
//   copy_columns         to[r, toFirst + i] = from[r, fromFirst + i], i < columns
//   embedding            y[i] = table[ids[i]]                 gather           y[n] = x[n, index[n]]
//   gather_backward      dx[n, s] = dy[n] where s = index[n], else 0
//   upsample_nearest_2x  y[n, 2 h + a, 2 w + b] = x[n, h, w], a, b < 2
// All lengths in words; ids, index int. An id outside its range gives zeros and is reported in `fault` (faults.cuh).
// Launch: 256 threads, one word per thread, grid-stride beyond.
#include "common.cuh"
#include "faults.cuh"

#if WORD == 16
struct alignas(16) Word { unsigned long long low, high; };
#elif WORD == 8
typedef unsigned long long Word;
#elif WORD == 4
typedef unsigned Word;
#elif WORD == 2
typedef unsigned short Word;
#else
typedef unsigned char Word;
#endif

extern "C" __global__ void __launch_bounds__(256) fill(Word* y, unsigned long long pattern, long long bytes)
{
    union { unsigned long long pattern[2]; unsigned char bytes[16]; Word word; } value;
    value.pattern[0] = value.pattern[1] = pattern;
    long long words = bytes / sizeof(Word);
    for (long long i = thread_index(); i < words; i += thread_count())
        y[i] = value.word;
    unsigned char* tail = reinterpret_cast<unsigned char*>(y);
    for (long long i = words * (long long)sizeof(Word) + thread_index(); i < bytes; i += thread_count())
        tail[i] = value.bytes[i % 8];
}

extern "C" __global__ void __launch_bounds__(256) copy_columns(
    const Word* from, long long fromFirst, long long fromStride, Word* to, long long toFirst, long long toStride, long long rows,
    int columns)
{
    long long count = rows * columns;
    RowColumn at(thread_index(), thread_count(), columns);
    for (long long i = thread_index(); i < count; i += thread_count(), at.next())
        to[at.row * toStride + toFirst + at.column] = from[at.row * fromStride + fromFirst + at.column];
}

extern "C" __global__ void __launch_bounds__(256) embedding(
    const int* ids, const Word* table, Word* y, long long count, int columns, int tableRows, unsigned long long* fault)
{
    Word zero = {};
    RowColumn at(thread_index(), thread_count(), columns);
    for (long long i = thread_index(); i < count * columns; i += thread_count(), at.next())
    {
        int id = ids[at.row];
        bool inside = id >= 0 && id < tableRows;
        if (!inside)
            report(fault, FAULT_EMBEDDING, at.row, id);
        y[i] = inside ? table[(long long)id * columns + at.column] : zero;
    }
}

extern "C" __global__ void __launch_bounds__(256) gather(
    const Word* x, const int* index, Word* y, long long samples, int steps, int columns, unsigned long long* fault)
{
    Word zero = {};
    RowColumn at(thread_index(), thread_count(), columns);
    for (long long i = thread_index(); i < samples * columns; i += thread_count(), at.next())
    {
        int step = index[at.row];
        bool inside = step >= 0 && step < steps;
        if (!inside)
            report(fault, FAULT_GATHER, at.row, step);
        y[i] = inside ? x[(at.row * steps + step) * columns + at.column] : zero;
    }
}

extern "C" __global__ void __launch_bounds__(256) gather_backward(
    const int* index, const Word* dy, Word* dx, long long samples, int steps, int columns)
{
    Word zero = {};
    RowColumn at(thread_index(), thread_count(), columns);
    for (long long i = thread_index(); i < samples * steps * columns; i += thread_count(), at.next())
    {
        long long sample = at.row / steps;
        dx[i] = at.row % steps == index[sample] ? dy[sample * columns + at.column] : zero;
    }
}

extern "C" __global__ void __launch_bounds__(256) upsample_nearest_2x(const Word* x, Word* y, long long pixels, int width, int columns)
{
    RowColumn at(thread_index(), thread_count(), columns);
    for (long long i = thread_index(); i < pixels * columns; i += thread_count(), at.next())
    {
        Word value = x[i];
        long long first = 4 * (at.row / width) * width + 2 * (at.row % width);
        for (int k = 0; k < 4; k++)
            y[(first + (k / 2) * 2LL * width + k % 2) * columns + at.column] = value;
    }
}
