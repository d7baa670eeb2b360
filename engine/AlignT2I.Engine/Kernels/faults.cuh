// What a kernel finds wrong in its input: one 64-bit word that the host reads when it next waits for the device.
// kind << 60 | position (28 bits) << 32 | value; zero while nothing is wrong. One store, so that no two reports mix.
#pragma once

#define FAULT_EMBEDDING 1
#define FAULT_GATHER 2
#define FAULT_LABEL 3
#define FAULT_FIRST_INDEX 4

__device__ inline void report(unsigned long long* fault, int kind, long long position, int value)
{
    *fault = (unsigned long long)kind << 60 | ((unsigned long long)position & 0xfffffff) << 32 | (unsigned)value;
}
