// Passes over a matrix [groups * groupRows, columns] that sum down its columns, or use what belongs to a column in many rows.
// A block covers `lanes` packs of W neighbouring columns and, with the threads that are left, several rows at once: its accesses
// are whole stretches of a row. Grid: x = groups * chunks (chunks of rows inside a group), y = slabs of `lanes` packs.
#pragma once
#include "common.cuh"

#define COLUMN_THREADS 256

struct ColumnBlock
{
    long long group, start, end;    // rows start..end of the group are this block's
    int chunk, lane, rowLane, rowLanes, pack;
    bool active;                    // whether this thread has a pack of columns

    __device__ inline ColumnBlock(long long groupRows, int packs, int lanes, int chunks, int chunkRows)
    {
        group = blockIdx.x / chunks;
        chunk = blockIdx.x % chunks;
        start = (long long)chunk * chunkRows;
        end = start + chunkRows < groupRows ? start + chunkRows : groupRows;
        lane = threadIdx.x % lanes;
        rowLane = threadIdx.x / lanes;
        rowLanes = COLUMN_THREADS / lanes;
        pack = blockIdx.y * lanes + lane;
        active = rowLane < rowLanes && pack < packs;
    }
};

// Adds the values of the threads that share columns, in the order of their row lanes; valid in row lane 0.
// Every thread of the block must call it.
template <int W> __device__ inline void add_row_lanes(const ColumnBlock& block, int lanes, float (&values)[W])
{
    __shared__ float shared[COLUMN_THREADS * W];
    __syncthreads();
#pragma unroll
    for (int k = 0; k < W; k++)
        shared[k * COLUMN_THREADS + threadIdx.x] = block.active ? values[k] : 0.f;
    __syncthreads();
    if (block.rowLane == 0 && block.active)
    {
        for (int row = 1; row < block.rowLanes; row++)
        {
#pragma unroll
            for (int k = 0; k < W; k++)
                values[k] += shared[k * COLUMN_THREADS + row * lanes + block.lane];
        }
    }
}
