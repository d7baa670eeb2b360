// What the runtime, the compiled kernels and the tests' C# share. No header of the system: kernels compile in a fraction of a second.
#pragma once

struct Index3 { unsigned x, y, z; };

// One kernel of a compiled file.
struct Kernel
{
    const char* name;
    int parameter_count;
    const int* parameter_sizes;
    void (*call)(void** parameters);
    int max_threads;        // of __launch_bounds__; 1024 without
};

// What a kernel did wrong. The run stops there.
struct Fault
{
    char text[256];
    unsigned long long address;     // 0 where the fault is not about memory
    int bytes;
    void* code;                     // return address of the faulty instruction
    Index3 block, thread;
};

// State of one byte of memory.
enum : unsigned char { ADDRESSABLE = 1, INITIALIZED = 2, FREED = 4 };

extern "C"
{
    // Called by kernels, for what CUDA's built-ins are to the thread at hand.
    Index3 emulated_thread() __attribute__((const));
    Index3 emulated_block() __attribute__((const));
    Index3 emulated_block_size() __attribute__((const));
    Index3 emulated_grid_size() __attribute__((const));
    void emulated_sync_block();
    void emulated_sync_warp(unsigned mask);
    unsigned long long emulated_exchange(unsigned mask, unsigned long long value, int lane);
    unsigned emulated_ballot(unsigned mask, int predicate);
    unsigned char* emulated_dynamic_shared();
    void emulated_fail(const char* text);

    // Called by the tests.
    unsigned char* emulation_start(unsigned long long bytes, unsigned char** shadow);
    void emulation_release(unsigned char* address, unsigned long long bytes);
    void emulation_register(const Kernel* kernels, const void* code_in_module);
    int emulation_run(const Kernel* kernel, void** parameters, Index3 grid, Index3 block, int dynamic_shared, Fault* fault);
}
