// A stand-in for cuDNN's graph API on the CPU: descriptors keep their attributes, a plan computes its graph one operation after the
// other. Strict where the library is: attribute types, finishing before use, a pointer for every tensor, alignment.
#include "numbers.h"
#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <vector>

typedef std::vector<long> Longs;
static const int SUCCESS = 0, BAD_PARAM = 2000, NOT_FINALIZED = 2004, NOT_SUPPORTED = 3000;

struct Descriptor
{
    int type;
    bool finished = false;
    std::map<int, std::pair<int, std::vector<char>>> attributes;    // name -> type, bytes

    bool has(int name) const { return attributes.count(name) != 0; }

    template <class T> std::vector<T> all(int name) const
    {
        auto found = attributes.find(name);
        if (found == attributes.end())
            return {};
        const T* first = (const T*)found->second.second.data();
        return std::vector<T>(first, first + found->second.second.size() / sizeof(T));
    }

    template <class T> T one(int name) const { return all<T>(name).at(0); }

    Descriptor* ref(int name) const { return has(name) ? one<Descriptor*>(name) : nullptr; }
};

static int bytes_of(int type)
{
    switch (type)
    {
        case 2: return 1;                                   // CUDNN_TYPE_BOOLEAN
        case 0: case 3: case 5: case 6: case 15: return 8;  // HANDLE, INT64, DOUBLE, VOID_PTR, BACKEND_DESCRIPTOR
        default: return 4;
    }
}

// Attributes that are not descriptors, with their types.
static const std::map<int, int> types = {
    {0, 14}, {1, 1}, {9, 3}, {100, 1}, {101, 7}, {102, 3}, {103, 3}, {104, 3}, {105, 3}, {106, 3}, {200, 8}, {400, 0}, {600, 9}, {601, 3},
    {700, 4}, {701, 4}, {706, 4}, {707, 4}, {712, 4}, {713, 4}, {800, 0}, {900, 3}, {901, 1}, {902, 3}, {903, 3}, {906, 3}, {907, 2},
    {908, 2}, {1000, 3}, {1001, 6}, {1003, 6}, {1301, 3}, {1500, 1}, {1600, 18}, {1601, 1},
};

// What each type of descriptor must have when it is finished.
static const std::map<int, std::vector<int>> required = {
    {0, {0, 1}}, {1, {100, 101, 102, 103, 104, 105, 106}}, {2, {1300, 1301}}, {3, {300}}, {4, {200, 201}}, {5, {400, 401}},
    {7, {600, 601}}, {10, {700, 701, 702, 703, 704, 705}}, {11, {712, 713, 714, 715, 716, 717}}, {12, {706, 707, 708, 709, 710, 711}},
    {13, {750, 751, 753}}, {15, {800, 801}}, {16, {1000, 1001}}, {17, {900, 901, 902, 903, 906}}, {18, {1500}},
    {19, {1520, 1521, 1522, 1523}},
    {21, {1600, 1601}}, {22, {1610, 1611, 1612}}, {31, {2200, 2201}},
};

// A tensor during a run: memory seen through dimensions and strides.
struct View
{
    Longs dimensions, strides;
    void* memory = nullptr;
    int kind = 0;               // of the memory
    int rounded = 0;            // what a value is rounded to before it is stored
    bool index = false;         // integers or truth values, kept as float
    std::shared_ptr<std::vector<float>> owned;

    long offset(const Longs& at) const
    {
        long o = 0;
        for (size_t i = 0; i < at.size(); i++)
            o += (dimensions[i] == 1 ? 0 : at[i]) * strides[i];     // broadcasting
        return o;
    }

    float get(const Longs& at) const { return load(memory, offset(at), kind); }

    void set(const Longs& at, float v)
    {
        float held[1];
        store(held, 0, rounded, v);
        store(memory, offset(at), kind, kind == rounded || index ? v : load(held, 0, rounded));
    }
};

static int kind_of(int data_type) { return data_type == 2 ? 1 : data_type == 9 ? 2 : 0; }

struct Run
{
    std::map<long, void*> pointers;
    std::map<long, View> views;

    View& at(Descriptor* t)
    {
        long id = t->one<long>(906);
        auto found = views.find(id);
        if (found != views.end())
            return found->second;
        View v;
        v.dimensions = t->all<long>(902);
        v.strides = t->all<long>(903);
        int type = t->one<int>(901);
        v.rounded = kind_of(type);
        v.index = type == 4 || type == 11;
        if (t->has(907) && t->one<char>(907))
        {
            long last = 0;
            for (size_t i = 0; i < v.dimensions.size(); i++)
                last += (v.dimensions[i] - 1) * v.strides[i];
            v.owned = std::make_shared<std::vector<float>>(last + 1, NAN);
            v.memory = v.owned->data();
        }
        else
        {
            v.memory = pointers.at(id);
            v.kind = v.rounded;
        }
        return views[id] = v;
    }
};

template <class F> static void every(const Longs& d, F f)
{
    Longs at(d.size(), 0);
    for (;;)
    {
        f(at);
        int i = (int)d.size() - 1;
        while (i >= 0 && ++at[i] == d[i])
            at[i--] = 0;
        if (i < 0)
            return;
    }
}

static float apply(int mode, float x, float b)
{
    switch (mode)
    {
        case 0: return x + b;
        case 1: return x * b;
        case 6: return x / b;
        case 9: return x - b;
        case 13: return expf(x);
        case 15: return logf(x);
        case 21: return x;
        case 303: return x >= b;
        default: throw std::string("pointwise mode");
    }
}

static void pointwise(Run& run, Descriptor* op)
{
    Descriptor* how = op->ref(750);
    int mode = how->one<int>(0);
    View x = run.at(op->ref(751)), &y = run.at(op->ref(753));
    bool selects = op->has(758);
    View b = op->has(752) ? run.at(op->ref(752)) : x, t = selects ? run.at(op->ref(758)) : x;
    long axis = how->has(9) ? how->one<long>(9) : -1;
    every(y.dimensions, [&](const Longs& at)
    {
        if (mode == 501)
            y.set(at, (float)at.at(axis));
        else if (mode == 601)
            y.set(at, t.get(at) != 0 ? x.get(at) : b.get(at));
        else
            y.set(at, apply(mode, x.get(at), b.get(at)));
    });
}

static void reduce(Run& run, Descriptor* op)
{
    View x = run.at(op->ref(1610)), &y = run.at(op->ref(1611));
    int mode = op->ref(1612)->one<int>(1600);
    std::map<long, float> sums;
    every(x.dimensions, [&](const Longs& at)
    {
        long o = y.offset(at);
        auto found = sums.find(o);
        if (found == sums.end())
            sums[o] = x.get(at);
        else
            found->second = mode == 3 ? fmaxf(found->second, x.get(at)) : found->second + x.get(at);
    });
    every(y.dimensions, [&](const Longs& at) { y.set(at, sums.at(y.offset(at))); });
}

static void multiply(Run& run, Descriptor* op)
{
    View a = run.at(op->ref(1520)), b = run.at(op->ref(1521)), &c = run.at(op->ref(1522));
    if (a.dimensions[3] != b.dimensions[2] || a.dimensions[2] != c.dimensions[2] || b.dimensions[3] != c.dimensions[3])
        throw std::string("matrix sizes");
    every(c.dimensions, [&](const Longs& at)
    {
        float sum = 0;
        for (long k = 0; k < a.dimensions[3]; k++)
            sum += a.get({at[0], at[1], at[2], k}) * b.get({at[0], at[1], k, at[3]});
        c.set(at, sum);
    });
}

static void convolve(Run& run, Descriptor* op, int first, int conv, int x_name, int w_name, int y_name)
{
    Descriptor* how = op->ref(conv);
    View &x = run.at(op->ref(x_name)), &w = run.at(op->ref(w_name)), &y = run.at(op->ref(y_name));
    Longs stride = how->all<long>(103), before = how->all<long>(105), after = how->all<long>(104), dilation = how->all<long>(102);
    for (int i = 0; i < 2; i++)
        if (y.dimensions[2 + i] != (x.dimensions[2 + i] + before[i] + after[i] - w.dimensions[2 + i]) / stride[i] + 1 || dilation[i] != 1)
            throw std::string("convolution sizes");
    if (how->one<int>(101) != 1 || op->one<float>(first) != 1 || op->one<float>(first + 1) != 0)
        throw std::string("convolution mode");
    std::map<long, double> sums;
    View& result = op->type == 10 ? y : op->type == 12 ? x : w;
    every(result.dimensions, [&](const Longs& at) { sums[result.offset(at)] = 0; });
    every(y.dimensions, [&](const Longs& o)
    {
        every(Longs{w.dimensions[1], w.dimensions[2], w.dimensions[3]}, [&](const Longs& k)
        {
            long h = o[2] * stride[0] + k[1] - before[0], v = o[3] * stride[1] + k[2] - before[1];
            if (h < 0 || v < 0 || h >= x.dimensions[2] || v >= x.dimensions[3])
                return;
            Longs xi{o[0], k[0], h, v}, wi{o[1], k[0], k[1], k[2]};
            if (op->type == 10)
                sums[y.offset(o)] += x.get(xi) * w.get(wi);
            else if (op->type == 12)
                sums[x.offset(xi)] += y.get(o) * w.get(wi);
            else
                sums[w.offset(wi)] += y.get(o) * x.get(xi);
        });
    });
    every(result.dimensions, [&](const Longs& at) { result.set(at, (float)sums.at(result.offset(at))); });
}

static void compute(Run& run, Descriptor* op)
{
    switch (op->type)
    {
        case 10: return convolve(run, op, 700, 702, 704, 703, 705);
        case 11: return convolve(run, op, 712, 714, 716, 715, 717);
        case 12: return convolve(run, op, 706, 708, 710, 709, 711);
        case 13: return pointwise(run, op);
        case 19: return multiply(run, op);
        case 22: return reduce(run, op);
        case 31:
        {
            View x = run.at(op->ref(2200)), &y = run.at(op->ref(2201));
            y.memory = x.memory;
            y.kind = x.kind;
            y.owned = x.owned;
            return;
        }
        default: throw std::string("operation");
    }
}

// Engines: the guess is nondeterministic, then one on tensor cores, then plain ones; 5 turns out not to work.
struct Engine { long index; std::vector<int> notes; long knob; };
static const std::vector<Engine> guesses = {{7, {0, 4}, 1}, {5, {}, 3}, {0, {0}, 2}}, fallbacks = {{11, {5}, -1}};

static void fill_engine(Descriptor* d, Descriptor* graph, const Engine& e)
{
    d->attributes[1300] = {15, std::vector<char>((char*)&graph, (char*)&graph + 8)};
    d->attributes[1301] = {3, std::vector<char>((char*)&e.index, (char*)&e.index + 8)};
    d->finished = true;
}

static const Engine* engine_of(long index)
{
    for (auto list : {&guesses, &fallbacks})
        for (const Engine& e : *list)
            if (e.index == index)
                return &e;
    return nullptr;
}

static std::string last_error;

extern "C"
{
int live_descriptors;
const char* last_failure() { return last_error.c_str(); }
size_t cudnnGetVersion() { return 91501; }
const char* cudnnGetErrorString(int s) { return s == NOT_SUPPORTED ? "CUDNN_STATUS_NOT_SUPPORTED" : "CUDNN_STATUS_BAD_PARAM"; }
int cudnnCreate(void** h) { *h = (void*)42; return SUCCESS; }
int cudnnDestroy(void*) { return SUCCESS; }
int cudnnSetStream(void* h, void*) { return h == (void*)42 ? SUCCESS : BAD_PARAM; }

int cudnnBackendCreateDescriptor(int type, Descriptor** d)
{
    live_descriptors++;
    *d = new Descriptor{type, false, {}};
    return SUCCESS;
}

int cudnnBackendDestroyDescriptor(Descriptor* d)
{
    live_descriptors--;
    delete d;
    return SUCCESS;
}

int cudnnBackendSetAttribute(Descriptor* d, int name, int type, int64_t count, const void* values)
{
    auto expected = types.find(name);
    if (d->finished || count < 0 || type != (expected == types.end() ? 15 : expected->second))
        return BAD_PARAM;
    if (type == 15)
        for (int64_t i = 0; i < count; i++)
            if (!((Descriptor* const*)values)[i]->finished)
                return NOT_FINALIZED;
    d->attributes[name] = {type, std::vector<char>((const char*)values, (const char*)values + count * bytes_of(type))};
    return SUCCESS;
}

int cudnnBackendFinalize(Descriptor* d)
{
    auto needed = required.find(d->type);
    if (needed == required.end())
        return BAD_PARAM;
    for (int name : needed->second)
        if (!d->has(name))
            return BAD_PARAM;
    if (d->type == 2 && !engine_of(d->one<long>(1301)))
        return NOT_SUPPORTED;
    if (d->type == 5 && d->ref(401)->ref(300)->one<long>(1301) == 5)
        return NOT_SUPPORTED;
    if (d->type == 15)
        for (Descriptor* op : d->all<Descriptor*>(801))
            if (op->type == 10 && op->ref(703)->all<long>(902)[0] == 666)
                return NOT_SUPPORTED;
    d->finished = true;
    return SUCCESS;
}

int cudnnBackendGetAttribute(Descriptor* d, int name, int type, int64_t room, int64_t* count, void* values)
{
    if (!d->finished)
        return NOT_FINALIZED;
    if (d->type == 4 && name == 202)
    {
        const auto& list = d->one<int>(200) == 3 ? guesses : fallbacks;
        *count = list.size();
        for (int64_t i = 0; i < room && i < *count; i++)
        {
            Descriptor* settings = ((Descriptor**)values)[i];
            if (settings->type != 3)
                return BAD_PARAM;
            settings->finished = true;
            settings->attributes[-1] = {3, std::vector<char>((char*)&list[i].index, (char*)&list[i].index + 8)};
            Descriptor* graph = d->ref(201);
            settings->attributes[-2] = {15, std::vector<char>((char*)&graph, (char*)&graph + 8)};
        }
        return SUCCESS;
    }
    if (d->type == 3 && name == 300 && room == 1)
    {
        *count = 1;
        fill_engine(*(Descriptor**)values, d->ref(-2), *engine_of(d->one<long>(-1)));
        return SUCCESS;
    }
    if (d->type == 3 && name == 302)
    {
        const Engine* e = engine_of(d->one<long>(-1));
        *count = e->knob >= 0;
        if (room > 0 && *count > 0)
        {
            Descriptor* choice = *(Descriptor**)values;
            int knob = 4;
            choice->attributes[600] = {9, std::vector<char>((char*)&knob, (char*)&knob + 4)};
            choice->attributes[601] = {3, std::vector<char>((char*)&e->knob, (char*)&e->knob + 8)};
            choice->finished = true;
        }
        return SUCCESS;
    }
    if (d->type == 2 && name == 1303 && type == 11)
    {
        const Engine* e = engine_of(d->one<long>(1301));
        *count = e->notes.size();
        memcpy(values, e->notes.data(), 4 * e->notes.size());
        return SUCCESS;
    }
    if (d->type == 5 && name == 402 && type == 3)
    {
        *count = 1;
        *(int64_t*)values = 1000;
        return SUCCESS;
    }
    if (!d->has(name) || d->attributes.at(name).first != type)
        return BAD_PARAM;
    const auto& bytes = d->attributes.at(name).second;
    *count = bytes.size() / bytes_of(type);
    memcpy(values, bytes.data(), bytes.size());
    return SUCCESS;
}

int cudnnBackendExecute(void* handle, Descriptor* plan, Descriptor* pack)
{
    try
    {
        if (handle != (void*)42 || plan->one<void*>(400) != handle)
            throw std::string("handle");
        void* workspace = pack->one<void*>(1003);
        if (!workspace || (uintptr_t)workspace % 16 != 0)
            throw std::string("workspace");
        memset(workspace, 0xff, 1000);
        Run run;
        Longs ids = pack->all<long>(1000);
        std::vector<void*> pointers = pack->all<void*>(1001);
        for (size_t i = 0; i < ids.size(); i++)
            run.pointers[ids[i]] = pointers.at(i);
        Descriptor* graph = plan->ref(401)->ref(300)->ref(1300);
        for (Descriptor* op : graph->all<Descriptor*>(801))
            compute(run, op);
        return SUCCESS;
    }
    catch (const std::string& what)
    {
        last_error = what;
    }
    catch (const std::exception& e)
    {
        last_error = e.what();
    }
    return BAD_PARAM;
}
}
