// A stand-in for the driver on the CPU: memory is the host's, work is done at once, a launch leaves its parameters for the test to see.
#include <cstdint>
#include <cstdlib>
#include <cstring>

typedef unsigned u32;
static const int SUCCESS = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, NOT_FOUND = 500;

extern "C"
{
u32 launched[7];
unsigned char launched_parameters[3][8];
int captures, graph_launches;

int cuInit(u32 flags) { return flags == 0 ? SUCCESS : INVALID_VALUE; }
int cuDriverGetVersion(int* v) { *v = 13010; return SUCCESS; }

int cuGetErrorName(int r, const char** n)
{
    *n = r == OUT_OF_MEMORY ? "CUDA_ERROR_OUT_OF_MEMORY" : r == NOT_FOUND ? "CUDA_ERROR_NOT_FOUND" : "CUDA_ERROR_INVALID_VALUE";
    return SUCCESS;
}

int cuGetErrorString(int, const char** n) { *n = "in the stand-in's words"; return SUCCESS; }
int cuDeviceGetCount(int* n) { *n = 2; return SUCCESS; }
int cuDeviceGet(int* device, int ordinal) { *device = ordinal + 10; return ordinal < 2 ? SUCCESS : INVALID_VALUE; }

int cuDeviceGetName(char* name, int n, int device)
{
    if (n < 9 || device < 10) return INVALID_VALUE;
    strcpy(name, device == 10 ? "stand-in" : "second");
    return SUCCESS;
}

int cuDeviceGetAttribute(int* v, int attribute, int device) { *v = attribute * 100 + device; return SUCCESS; }
int cuDevicePrimaryCtxRetain(void** c, int device) { *c = (void*)(intptr_t)(100 + device); return SUCCESS; }
int cuDevicePrimaryCtxRelease_v2(int device) { return device >= 10 ? SUCCESS : INVALID_VALUE; }
int cuCtxSetCurrent(void*) { return SUCCESS; }
int cuCtxSynchronize() { return SUCCESS; }
int cuStreamCreate(void** s, u32 flags) { *s = (void*)7; return flags == 1 ? SUCCESS : INVALID_VALUE; }
int cuStreamDestroy_v2(void* s) { return s == (void*)7 ? SUCCESS : INVALID_VALUE; }
int cuStreamSynchronize(void*) { return SUCCESS; }
int cuStreamWaitEvent(void* s, void* e, u32 flags) { return s == (void*)7 && e == (void*)9 && flags == 0 ? SUCCESS : INVALID_VALUE; }
int cuEventCreate(void** e, u32 flags) { *e = (void*)(flags == 2 ? 9L : 8L); return flags == 2 || flags == 0 ? SUCCESS : INVALID_VALUE; }
int cuEventDestroy_v2(void*) { return SUCCESS; }
int cuEventRecord(void* e, void* s) { return e && s == (void*)7 ? SUCCESS : INVALID_VALUE; }
int cuEventSynchronize(void*) { return SUCCESS; }
int cuEventQuery(void* e) { return e == (void*)8 ? 600 : SUCCESS; }
int cuEventElapsedTime(float* ms, void* a, void* b) { *ms = 1.5f; return a && b ? SUCCESS : INVALID_VALUE; }
int cuMemGetInfo_v2(size_t* f, size_t* t) { *f = 5000000000; *t = 80000000000; return SUCCESS; }

int cuMemAllocAsync(void** p, size_t n, void* s)
{
    if (n > 1000000000) return OUT_OF_MEMORY;
    *p = aligned_alloc(256, (n + 255) / 256 * 256);
    return s == (void*)7 ? SUCCESS : INVALID_VALUE;
}

int cuMemFreeAsync(void* p, void*) { free(p); return SUCCESS; }
int cuDeviceGetDefaultMemPool(void** p, int device) { *p = (void*)6; return device >= 10 ? SUCCESS : INVALID_VALUE; }
int cuMemPoolTrimTo(void* p, size_t) { return p == (void*)6 ? SUCCESS : INVALID_VALUE; }
int cuMemAllocHost_v2(void** p, size_t n) { *p = malloc(n); return SUCCESS; }
int cuMemFreeHost(void* p) { free(p); return SUCCESS; }
int cuMemcpyHtoDAsync_v2(void* d, const void* h, size_t n, void*) { memcpy(d, h, n); return SUCCESS; }
int cuMemcpyDtoHAsync_v2(void* h, const void* d, size_t n, void*) { memcpy(h, d, n); return SUCCESS; }
int cuMemcpyDtoDAsync_v2(void* a, const void* b, size_t n, void*) { memcpy(a, b, n); return SUCCESS; }
int cuMemsetD8Async(void* d, unsigned char v, size_t n, void*) { memset(d, v, n); return SUCCESS; }
int cuModuleLoadData(void** m, const char* image) { *m = (void*)5; return strcmp(image, "image") == 0 ? SUCCESS : INVALID_VALUE; }
int cuModuleUnload(void*) { return SUCCESS; }

int cuModuleGetFunction(void** f, void* m, const char* name)
{
    *f = (void*)4;
    return m != (void*)5 ? INVALID_VALUE : strcmp(name, "kernel") ? NOT_FOUND : SUCCESS;
}

int cuFuncSetAttribute(void* f, int attribute, int) { return f == (void*)4 && attribute == 8 ? SUCCESS : INVALID_VALUE; }

int cuLaunchKernel(void* f, u32 gx, u32 gy, u32 gz, u32 bx, u32 by, u32 bz, u32 shared, void*, void** parameters, void** extra)
{
    u32 shape[7] = {gx, gy, gz, bx, by, bz, shared};
    memcpy(launched, shape, sizeof shape);
    const size_t sizes[3] = {8, 4, 4};      // void kernel(float* p, int n, float x)
    for (int i = 0; i < 3; i++)
        memcpy(launched_parameters[i], parameters[i], sizes[i]);
    return f == (void*)4 && !extra ? SUCCESS : INVALID_VALUE;
}

int cuStreamBeginCapture_v2(void*, int mode) { captures++; return mode == 1 ? SUCCESS : INVALID_VALUE; }
int cuStreamEndCapture(void*, void** g) { *g = (void*)3; return SUCCESS; }

int cuGraphInstantiateWithFlags(void** e, void* g, unsigned long long flags)
{
    *e = (void*)2;
    return g == (void*)3 && flags == 0 ? SUCCESS : INVALID_VALUE;
}

int cuGraphLaunch(void* e, void* s) { graph_launches++; return e == (void*)2 && s == (void*)7 ? SUCCESS : INVALID_VALUE; }
int cuGraphDestroy(void* g) { return g == (void*)3 ? SUCCESS : INVALID_VALUE; }
int cuGraphExecDestroy(void* e) { return e == (void*)2 ? SUCCESS : INVALID_VALUE; }
}
