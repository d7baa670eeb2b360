// Runs kernels that were compiled as C++: each thread of a block is a coroutine on one thread of the host, blocks follow each other.
// Kernels are compiled with -fsanitize=kernel-address and -fsanitize=alignment,bounds,...: the compiler calls the functions below before
// every access. They look the address up in a shadow that holds one state per byte of device and shared memory, and in shared memory
// who used the byte last: two threads that use it, one of them writing, must have a barrier between them. Coroutines run one at a time and
// so would hide that there is none.
#include "abi.h"
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <link.h>
#include <sys/mman.h>
#include <vector>

#ifndef __x86_64__
#error "the emulated device switches coroutines in x86-64 assembly"
#endif

typedef unsigned long long u64;
typedef unsigned char byte;

namespace
{

const int STACK_BYTES = 128 * 1024, MAX_THREADS = 1024, MAX_DYNAMIC_SHARED = 256 * 1024;

enum class State { Ready, AtBlock, AtWarp, Ended };

struct Thread
{
    void* stack_pointer;
    Index3 index;
    State state;
    unsigned generation;        // of the barrier it waits at
    unsigned mask;              // lanes it waits for
    bool released;              // those lanes have come
    u64 value;                  // what it hands to a shuffle
};

// Who used a byte of shared memory last, and between which barriers of the block (epoch) and of the warp.
struct Use
{
    u64 written, read;                      // epochs
    unsigned writer_warp_epoch, reader_warp_epoch;
    unsigned short writer, reader;
    bool other_warps;                       // whether threads of several warps have read it in that epoch
};

// Static data of one compiled file: shared memory where it has no initializer, constants elsewhere.
struct Module
{
    const Kernel* kernels;
    byte *low, *high;
    std::vector<byte> shadow;           // one state per byte from low to high
    size_t shared_start, shared_end;    // where the shared memory is in it
    std::vector<byte> at_block_start;   // states of that part when a block starts
    std::vector<Use> uses;              // of that part
};

// One variable, as the compiler describes it.
struct Global
{
    byte* address;
    size_t bytes, bytes_with_gap;
    const char *name, *module;
    size_t has_constructor;
    void* location;
    size_t indicator;
};

byte *arena, *arena_end, *shadow;       // the first MAX_DYNAMIC_SHARED bytes are the dynamic shared memory
byte* stacks;
Thread threads[MAX_THREADS];
Thread* current;
void* scheduler_stack_pointer;
const Kernel* kernel;
void** parameters;
Index3 block_index, block_size, grid_size;
unsigned thread_count, arrived, generation;
u64 epoch;                              // grows with every barrier of a block and every block
unsigned warp_epochs[MAX_THREADS / 32];
Use dynamic_uses[MAX_DYNAMIC_SHARED];
Module* module_at_hand;
std::vector<Module*> modules;
std::vector<Global> pending;
Fault* fault;
bool faulty;

extern "C" void emulated_switch(void** save, void* load);
asm(R"(
    .text
    .globl emulated_switch
    .type emulated_switch, @function
emulated_switch:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
)");

void leave() { emulated_switch(&current->stack_pointer, scheduler_stack_pointer); }

void describe(const char* format, va_list arguments)
{
    faulty = true;
    vsnprintf(fault->text, sizeof fault->text, format, arguments);
    fault->block = block_index;
    fault->thread = current ? current->index : Index3();
}

void describe(const char* format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    describe(format, arguments);
    va_end(arguments);
}

// Ends the run from inside a kernel; its coroutines are never resumed.
[[noreturn]] void fail(void* code, const void* address, int bytes, const char* format, ...)
{
    fault->code = code;
    fault->address = (u64)address;
    fault->bytes = bytes;
    va_list arguments;
    va_start(arguments, format);
    describe(format, arguments);
    va_end(arguments);
    leave();
    __builtin_unreachable();
}

byte* stack_low(const Thread* t) { return stacks + (t - threads) * (size_t)STACK_BYTES; }

void run_thread()
{
    kernel->call(parameters);
    current->state = State::Ended;
    leave();
}

bool can_run(const Thread& t)
{
    switch (t.state)
    {
        case State::Ready: return true;
        case State::AtBlock: return t.generation != generation;
        case State::AtWarp: return t.released;
        default: return false;
    }
}

// Threads of the warp of t that exist, as bits.
unsigned lanes(const Thread* t)
{
    unsigned first = (t - threads) / 32 * 32, count = thread_count - first;
    return count >= 32 ? 0xffffffffu : (1u << count) - 1;
}

void deadlock()
{
    unsigned at_block = 0, at_warp = 0, ended = 0;
    for (unsigned i = 0; i < thread_count; i++)
    {
        at_block += threads[i].state == State::AtBlock;
        at_warp += threads[i].state == State::AtWarp;
        ended += threads[i].state == State::Ended;
        if (threads[i].state != State::Ended)
            current = &threads[i];
    }
    describe("threads wait for each other without end: %u at __syncthreads, %u at a warp's barrier or shuffle, %u have returned",
        at_block, at_warp, ended);
}

void run_block()
{
    unsigned n = 0;
    for (unsigned z = 0; z < block_size.z; z++)
        for (unsigned y = 0; y < block_size.y; y++)
            for (unsigned x = 0; x < block_size.x; x++, n++)
            {
                Thread& t = threads[n];
                t = Thread();
                t.index = {x, y, z};
                // The address after the return address is a multiple of 16, as at the entry of any function.
                void** top = reinterpret_cast<void**>(stack_low(&t) + STACK_BYTES - 64);
                *--top = nullptr;
                *--top = reinterpret_cast<void*>(&run_thread);
                t.stack_pointer = top - 6;
            }
    arrived = generation = 0;
    epoch++;
    for (unsigned alive = n; alive > 0;)
    {
        bool moved = false;
        for (unsigned i = 0; i < n; i++)
        {
            if (!can_run(threads[i]))
                continue;
            moved = true;
            current = &threads[i];
            emulated_switch(&scheduler_stack_pointer, current->stack_pointer);
            if (faulty)
                return;
            alive -= current->state == State::Ended;
        }
        if (!moved)
            return deadlock();
    }
}

const char* place(const byte* address)
{
    if (address >= arena && address < arena + MAX_DYNAMIC_SHARED)
        return "dynamic shared memory";
    return address >= arena && address < arena_end ? "device memory" : "static shared memory";
}

// Whether what a thread did in this epoch can meet what the current one does now: not where their warp has had a barrier since.
inline bool meets(unsigned thread, unsigned warp_epoch)
{
    unsigned self = current - threads;
    return thread != self && (thread / 32 != self / 32 || warp_epoch == warp_epochs[self / 32]);
}

// Notes an access to shared memory; the thread that it races with, or -1.
inline int race(Use& use, bool write)
{
    unsigned self = current - threads, warp_epoch = warp_epochs[self / 32];
    if (use.written == epoch && meets(use.writer, use.writer_warp_epoch))
        return use.writer;
    if (write)
    {
        if (use.read == epoch && (use.other_warps || meets(use.reader, use.reader_warp_epoch)))
            return use.reader;
        use.written = epoch;
        use.writer = self;
        use.writer_warp_epoch = warp_epoch;
        return -1;
    }
    use.other_warps = use.read == epoch && (use.other_warps || use.reader / 32 != self / 32);
    use.read = epoch;
    use.reader = self;
    use.reader_warp_epoch = warp_epoch;
    return -1;
}

// The uses of an address in shared memory; null for other memory.
inline Use* uses_of(const byte* address)
{
    if (address >= arena && address < arena + MAX_DYNAMIC_SHARED)
        return dynamic_uses + (address - arena);
    const byte* low = module_at_hand->low + module_at_hand->shared_start;
    return address >= low && address < low + module_at_hand->uses.size() ? &module_at_hand->uses[address - low] : nullptr;
}

// All bytes of an access must have these bits and not FREED.
inline void check(void* code, const byte* address, size_t bytes, byte wanted, bool write)
{
    byte* state;
    if (address >= arena && address + bytes <= arena_end)
        state = shadow + (address - arena);
    else if (address >= module_at_hand->low && address + bytes <= module_at_hand->high)
        state = &module_at_hand->shadow[address - module_at_hand->low];
    else if (address >= stack_low(current) && address + bytes <= stack_low(current) + STACK_BYTES)
        return;
    else
        fail(code, address, bytes, "%s outside of all memory", write ? "writes" : "reads");
    const char* verb = write ? "writes" : "reads";
    for (size_t i = 0; i < bytes; i++)
    {
        if (state[i] & FREED)
            fail(code, address, bytes, "%s freed %s", verb, place(address));
        if (!(state[i] & ADDRESSABLE))
            fail(code, address, bytes, "%s %s out of bounds", verb, place(address));
        if ((state[i] & wanted) != wanted)
            fail(code, address, bytes, "reads uninitialized %s", place(address));
        if (write)
            state[i] |= INITIALIZED;
    }
    Use* uses = uses_of(address);
    for (size_t i = 0; uses && i < bytes; i++)
    {
        int other = race(uses[i], write);
        if (other >= 0)
            fail(code, address, bytes, "%s %s that thread %d uses with no barrier between", verb, place(address), other);
    }
}

int find_module(dl_phdr_info* info, size_t, void* argument)
{
    const byte* inside = static_cast<const byte*>(argument);
    bool found = false;
    for (int i = 0; i < info->dlpi_phnum; i++)
    {
        const ElfW(Phdr)& part = info->dlpi_phdr[i];
        const byte* low = reinterpret_cast<const byte*>(info->dlpi_addr + part.p_vaddr);
        found |= part.p_type == PT_LOAD && inside >= low && inside < low + part.p_memsz;
    }
    if (!found)
        return 0;
    Module& m = *modules.back();
    for (int i = 0; i < info->dlpi_phnum; i++)
    {
        const ElfW(Phdr)& part = info->dlpi_phdr[i];
        byte* low = reinterpret_cast<byte*>(info->dlpi_addr + part.p_vaddr);
        if (part.p_type != PT_LOAD || part.p_flags & PF_X)
            continue;
        m.low = m.low == nullptr || low < m.low ? low : m.low;
        m.high = low + part.p_memsz > m.high ? low + part.p_memsz : m.high;
    }
    m.shadow.assign(m.high - m.low, ADDRESSABLE | INITIALIZED);
    for (int i = 0; i < info->dlpi_phnum; i++)
    {
        const ElfW(Phdr)& part = info->dlpi_phdr[i];
        if (part.p_type != PT_LOAD || !(part.p_flags & PF_W))
            continue;
        byte* zeros = reinterpret_cast<byte*>(info->dlpi_addr + part.p_vaddr) + part.p_filesz;
        byte* end = zeros + (part.p_memsz - part.p_filesz);
        m.shared_start = zeros - m.low;
        m.shared_end = end - m.low;
        for (const Global& g : pending)
            if (g.address >= zeros && g.address < end)
                memset(&m.shadow[g.address - m.low], ADDRESSABLE, g.bytes);
    }
    for (const Global& g : pending)
        memset(&m.shadow[g.address - m.low] + g.bytes, 0, g.bytes_with_gap - g.bytes);
    m.at_block_start.assign(m.shadow.begin() + m.shared_start, m.shadow.begin() + m.shared_end);
    m.uses.assign(m.shared_end - m.shared_start, Use());
    return 1;
}

}

extern "C"
{

Index3 emulated_thread() { return current->index; }
Index3 emulated_block() { return block_index; }
Index3 emulated_block_size() { return block_size; }
Index3 emulated_grid_size() { return grid_size; }
byte* emulated_dynamic_shared() { return arena; }
void emulated_fail(const char* text) { fail(__builtin_return_address(0), nullptr, 0, "%s", text); }

void emulated_sync_block()
{
    if (++arrived == thread_count)
    {
        arrived = 0;
        generation++;
        epoch++;
        return;
    }
    current->state = State::AtBlock;
    current->generation = generation;
    leave();
    current->state = State::Ready;
}

void emulated_sync_warp(unsigned mask)
{
    unsigned first = (current - threads) / 32 * 32, lane = (current - threads) % 32;
    if (!(mask & (1u << lane)))
        fail(__builtin_return_address(0), nullptr, 0, "lane %u calls a warp function whose mask %#x leaves it out", lane, mask);
    mask &= lanes(current);
    for (unsigned i = 0; i < 32; i++)
    {
        Thread& other = threads[first + i];
        if (!(mask & (1u << i)) || i == lane)
            continue;
        if (other.state != State::AtWarp || other.released || other.mask != mask)
        {
            current->state = State::AtWarp;
            current->mask = mask;
            current->released = false;
            leave();
            current->state = State::Ready;
            return;
        }
    }
    for (unsigned i = 0; i < 32; i++)
        if (mask & (1u << i))
            threads[first + i].released = true;
    warp_epochs[first / 32]++;
}

u64 emulated_exchange(unsigned mask, u64 value, int lane)
{
    Thread* source = threads + (current - threads) / 32 * 32 + lane;
    if (source < threads + thread_count && !(mask & (1u << lane)))
        fail(__builtin_return_address(0), nullptr, 0, "a shuffle reads lane %d, which the mask %#x leaves out", lane, mask);
    current->value = value;
    emulated_sync_warp(mask);
    u64 result = source < threads + thread_count ? source->value : value;
    emulated_sync_warp(mask);
    return result;
}

unsigned emulated_ballot(unsigned mask, int predicate)
{
    Thread* first = threads + (current - threads) / 32 * 32;
    current->value = predicate != 0;
    emulated_sync_warp(mask);
    unsigned result = 0, present = mask & lanes(current);
    for (unsigned i = 0; i < 32; i++)
        if (present & (1u << i) && first[i].value)
            result |= 1u << i;
    emulated_sync_warp(mask);
    return result;
}

byte* emulation_start(u64 bytes, byte** states)
{
    auto map = [](u64 size)
    {
        void* p = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        return p == MAP_FAILED ? nullptr : static_cast<byte*>(p);
    };
    arena = map(bytes);
    shadow = map(bytes);
    stacks = map((u64)STACK_BYTES * MAX_THREADS);
    if (!arena || !shadow || !stacks)
        return nullptr;
    arena_end = arena + bytes;
    *states = shadow;
    return arena;
}

void emulation_release(byte* address, u64 bytes)
{
    u64 first = ((u64)address + 4095) / 4096 * 4096, end = ((u64)address + bytes) / 4096 * 4096;
    if (end > first)
        madvise((void*)first, end - first, MADV_DONTNEED);
}

void emulation_register(const Kernel* kernels, const void* inside)
{
    modules.push_back(new Module());
    modules.back()->kernels = kernels;
    dl_iterate_phdr(find_module, const_cast<void*>(inside));
    pending.clear();
}

int emulation_run(const Kernel* k, void** arguments, Index3 grid, Index3 block, int dynamic_shared, Fault* result)
{
    kernel = k;
    parameters = arguments;
    grid_size = grid;
    block_size = block;
    thread_count = block.x * block.y * block.z;
    fault = result;
    faulty = false;
    const byte* inside = reinterpret_cast<const byte*>(k);
    for (Module* m : modules)
        if (inside >= m->low && inside < m->high)
            module_at_hand = m;
    memset(shadow, 0, MAX_DYNAMIC_SHARED);
    for (unsigned z = 0; z < grid.z && !faulty; z++)
        for (unsigned y = 0; y < grid.y && !faulty; y++)
            for (unsigned x = 0; x < grid.x && !faulty; x++)
            {
                block_index = {x, y, z};
                memset(shadow, ADDRESSABLE, dynamic_shared);
                memcpy(&module_at_hand->shadow[module_at_hand->shared_start], module_at_hand->at_block_start.data(),
                    module_at_hand->at_block_start.size());
                run_block();
            }
    return faulty;
}

// What the compiler calls before an access.

#define ACCESS(n) \
    void __asan_load##n##_noabort(byte* p) { check(__builtin_return_address(0), p, n, ADDRESSABLE | INITIALIZED, false); } \
    void __asan_store##n##_noabort(byte* p) { check(__builtin_return_address(0), p, n, ADDRESSABLE, true); }
ACCESS(1) ACCESS(2) ACCESS(4) ACCESS(8) ACCESS(16)

void __asan_loadN_noabort(byte* p, size_t n) { check(__builtin_return_address(0), p, n, ADDRESSABLE | INITIALIZED, false); }
void __asan_storeN_noabort(byte* p, size_t n) { check(__builtin_return_address(0), p, n, ADDRESSABLE, true); }
void __asan_handle_no_return() {}
void __asan_init() {}
void __asan_version_mismatch_check_v8() {}
void __asan_before_dynamic_init(const char*) {}
void __asan_after_dynamic_init() {}
void __asan_unregister_globals(void*, size_t) {}
void __asan_register_globals(Global* globals, size_t n) { pending.insert(pending.end(), globals, globals + n); }

struct Place { const char* file; unsigned line, column; };

#define UNDEFINED(name, parameters, text) \
    void __ubsan_handle_##name parameters \
    { \
        fail(__builtin_return_address(0), nullptr, 0, text " (%s:%u)", place->file, place->line); \
    }
UNDEFINED(out_of_bounds, (Place* place, void*), "an array index is out of bounds")
UNDEFINED(add_overflow, (Place* place, void*, void*), "a sum of integers overflows")
UNDEFINED(sub_overflow, (Place* place, void*, void*), "a difference of integers overflows")
UNDEFINED(mul_overflow, (Place* place, void*, void*), "a product of integers overflows")
UNDEFINED(negate_overflow, (Place* place, void*), "a negated integer overflows")
UNDEFINED(divrem_overflow, (Place* place, void*, void*), "an integer is divided by zero")
UNDEFINED(shift_out_of_bounds, (Place* place, void*, void*), "an integer is shifted too far")
UNDEFINED(float_cast_overflow, (Place* place, void*), "a float does not fit the integer it is converted to: use __float2int_rz")

void __ubsan_handle_type_mismatch_v1(Place* place, void* p)
{
    fail(__builtin_return_address(0), p, 0, "an access is not aligned to its size (%s:%u)", place->file, place->line);
}

}
