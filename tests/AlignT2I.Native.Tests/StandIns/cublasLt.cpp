// A stand-in for cuBLASLt on the CPU: the same functions over the same descriptors, column-major, with the documented meaning.
#include "numbers.h"
#include <cmath>
#include <map>

struct Layout { int type; uint64_t rows, columns; int64_t leading; int32_t batch = 1; int64_t stride = 0; };
struct Operation { int compute, scale; int32_t transa = 0, transb = 0, epilogue = 1; const void* bias = nullptr; };
struct Preference { uint64_t workspace = 0; uint32_t reductions = 7, alignment[4] = {256, 256, 256, 256}; };
struct Algorithm { uint64_t data[8]; };
struct Heuristic { Algorithm algorithm; size_t workspace; int status; float waves; int reserved[4]; };

static const int SUCCESS = 0, INVALID_VALUE = 7, NOT_SUPPORTED = 15;
static int kind(int type) { return type == 0 ? 0 : type == 2 ? 1 : 2; }     // CUDA_R_32F, CUDA_R_16F, CUDA_R_16BF

extern "C"
{
uint32_t last_alignment, last_reductions;
int last_compute;

int cublasLtCreate(void** handle) { *handle = (void*)1; return SUCCESS; }
int cublasLtDestroy(void*) { return SUCCESS; }
size_t cublasLtGetVersion() { return 130102; }
const char* cublasLtGetStatusName(int s) { return s == NOT_SUPPORTED ? "CUBLAS_STATUS_NOT_SUPPORTED" : "CUBLAS_STATUS_INVALID_VALUE"; }
const char* cublasLtGetStatusString(int) { return "in the stand-in's words"; }

int cublasLtMatmulDescCreate(Operation** d, int compute, int scale)
{
    *d = new Operation{compute, scale};
    return (compute == 68 || compute == 77) && scale == 0 ? SUCCESS : INVALID_VALUE;
}

int cublasLtMatmulDescDestroy(Operation* d) { delete d; return SUCCESS; }

int cublasLtMatmulDescSetAttribute(Operation* d, int attribute, const void* value, size_t bytes)
{
    void* field = nullptr;
    switch (attribute)
    {
        case 3: field = &d->transa; break;
        case 4: field = &d->transb; break;
        case 7: field = &d->epilogue; break;
        case 8: field = &d->bias; break;
    }
    if (!field || bytes != (attribute == 8 ? 8 : 4))
        return INVALID_VALUE;
    memcpy(field, value, bytes);
    return SUCCESS;
}

int cublasLtMatrixLayoutCreate(Layout** l, int type, uint64_t rows, uint64_t columns, int64_t leading)
{
    *l = new Layout{type, rows, columns, leading};
    return leading >= (int64_t)rows ? SUCCESS : INVALID_VALUE;
}

int cublasLtMatrixLayoutDestroy(Layout* l) { delete l; return SUCCESS; }

int cublasLtMatrixLayoutSetAttribute(Layout* l, int attribute, const void* value, size_t bytes)
{
    if (attribute == 5 && bytes == 4)
        memcpy(&l->batch, value, 4);
    else if (attribute == 6 && bytes == 8)
        memcpy(&l->stride, value, 8);
    else
        return INVALID_VALUE;
    return SUCCESS;
}

int cublasLtMatmulPreferenceCreate(Preference** p) { *p = new Preference; return SUCCESS; }
int cublasLtMatmulPreferenceDestroy(Preference* p) { delete p; return SUCCESS; }

int cublasLtMatmulPreferenceSetAttribute(Preference* p, int attribute, const void* value, size_t bytes)
{
    if (attribute == 1 && bytes == 8)
        memcpy(&p->workspace, value, 8);
    else if (attribute == 3 && bytes == 4)
        memcpy(&p->reductions, value, 4);
    else if (attribute >= 5 && attribute <= 8 && bytes == 4)
        memcpy(&p->alignment[attribute - 5], value, 4);
    else
        return INVALID_VALUE;
    return SUCCESS;
}

int cublasLtMatmulAlgoGetHeuristic(
    void*, Operation* o, Layout* a, Layout*, Layout*, Layout* d, Preference* p, int wanted, Heuristic* results, int* found)
{
    last_alignment = p->alignment[0];
    last_reductions = p->reductions;
    last_compute = o->compute;
    *found = 0;
    if (wanted < 1 || p->workspace < 512)
        return NOT_SUPPORTED;
    if (o->epilogue != 1 && !o->bias)
        return INVALID_VALUE;
    if (a->type != d->type && d->type != 0)
        return NOT_SUPPORTED;
    results[0] = Heuristic{};
    for (int i = 0; i < 8; i++)
        results[0].algorithm.data[i] = 1000 + i;
    results[0].workspace = 512;
    *found = 1;
    return SUCCESS;
}

int cublasLtMatmul(
    void*, Operation* o, const float* alpha, const void* a, Layout* la, const void* b, Layout* lb, const float* beta, const void* c,
    Layout* lc, void* d, Layout* ld, const Algorithm* algorithm, void* workspace, size_t workspace_bytes, void*)
{
    for (int i = 0; i < 8; i++)
        if (algorithm->data[i] != 1000u + i)
            return INVALID_VALUE;
    if (!workspace || workspace_bytes != 512 || lc->rows != ld->rows)
        return INVALID_VALUE;
    long m = ld->rows, n = ld->columns, k = o->transa ? la->rows : la->columns;
    if ((long)(o->transa ? la->columns : la->rows) != m || (long)(o->transb ? lb->columns : lb->rows) != k
        || (long)(o->transb ? lb->rows : lb->columns) != n || la->batch != ld->batch || lb->batch != ld->batch)
        return INVALID_VALUE;
    for (long batch = 0; batch < ld->batch; batch++)
        for (long j = 0; j < n; j++)
            for (long i = 0; i < m; i++)
            {
                float sum = 0;
                for (long l = 0; l < k; l++)
                    sum += load(a, batch * la->stride + (o->transa ? l + i * la->leading : i + l * la->leading), kind(la->type))
                        * load(b, batch * lb->stride + (o->transb ? j + l * lb->leading : l + j * lb->leading), kind(lb->type));
                float v = *alpha * sum;
                if (*beta != 0)
                    v += *beta * load(c, batch * lc->stride + i + j * lc->leading, kind(lc->type));
                if (o->epilogue & 4)
                    v += load(o->bias, i, kind(ld->type));
                if (o->epilogue & 32)
                    v = 0.5f * v * (1 + tanhf(0.7978845608f * (v + 0.044715f * v * v * v)));
                store(d, batch * ld->stride + i + j * ld->leading, kind(ld->type), v);
            }
    return SUCCESS;
}
}
