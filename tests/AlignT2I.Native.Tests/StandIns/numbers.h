// Values of three types in memory, as float.
#pragma once
#include <cstdint>
#include <cstring>

inline int size_of(int kind) { return kind == 0 ? 4 : 2; }      // 0 float, 1 half, 2 bfloat16

inline float load(const void* p, long i, int kind)
{
    if (kind == 0)
        return ((const float*)p)[i];
    if (kind == 1)
        return (float)((const _Float16*)p)[i];
    uint32_t bits = (uint32_t)((const uint16_t*)p)[i] << 16;
    float f;
    memcpy(&f, &bits, 4);
    return f;
}

inline void store(void* p, long i, int kind, float v)
{
    if (kind == 0)
        ((float*)p)[i] = v;
    else if (kind == 1)
        ((_Float16*)p)[i] = (_Float16)v;
    else
    {
        uint32_t bits;
        memcpy(&bits, &v, 4);
        ((uint16_t*)p)[i] = (uint16_t)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
    }
}
