using AlignT2I.Native;

namespace AlignT2I.Engine.Tests.Cuda;

/// <summary>The emulated device runs kernels as CUDA does, and says of each misuse what it was.</summary>
internal sealed unsafe class EmulatedDeviceTests
{
    const string Kernels = """
        extern "C" __global__ void add(const float* a, const float* b, float* y, int n)
        {
            int i = blockIdx.x * blockDim.x + threadIdx.x;
            if (i < n)
                y[i] = a[i] + b[i];
        }

        extern "C" __global__ void read_past(const float* a, float* y, int n) { y[0] = a[n]; }

        extern "C" __global__ void __launch_bounds__(256) block_sum(const float* x, float* y)
        {
            __shared__ float warps[8];
            float value = x[threadIdx.x];
            for (int offset = 16; offset > 0; offset /= 2)
                value += __shfl_xor_sync(0xffffffffu, value, offset);
            if (threadIdx.x % 32 == 0)
                warps[threadIdx.x / 32] = value;
            __syncthreads();
            if (threadIdx.x == 0)
            {
                for (int i = 1; i < blockDim.x / 32; i++)
                    value += warps[i];
                *y = value;
            }
        }

        extern "C" __global__ void shared_before_write(float* y)
        {
            __shared__ float tile[32];
            if (threadIdx.x > 0)
                tile[threadIdx.x] = 1.f;
            __syncthreads();
            y[threadIdx.x] = tile[threadIdx.x];
        }

        extern "C" __global__ void shared_past(float* y, int i)
        {
            __shared__ float tile[32];
            float* p = tile;
            p[i] = 1.f;
            y[0] = p[i];
        }

        // Thread i takes the number of thread i + distance: right with barriers that are as wide as the distance, on both sides.
        template <int DISTANCE, int BEFORE, int AFTER> __device__ void pass_on(float* y)
        {
            __shared__ float tile[64];
            tile[threadIdx.x] = 0.f;
            __syncthreads();
            tile[threadIdx.x] = threadIdx.x;
            if (BEFORE == 32)
                __syncwarp(0xffffffffu);
            if (BEFORE == 64)
                __syncthreads();
            float value = tile[threadIdx.x ^ DISTANCE];
            if (AFTER == 32)
                __syncwarp(0xffffffffu);
            if (AFTER == 64)
                __syncthreads();
            tile[threadIdx.x] = value;
            y[threadIdx.x] = value;
        }

        extern "C" __global__ void pass_on_right(float* y) { pass_on<32, 64, 64>(y); }
        extern "C" __global__ void pass_on_in_warps(float* y) { pass_on<1, 32, 32>(y); }
        extern "C" __global__ void pass_on_unwritten(float* y) { pass_on<32, 32, 64>(y); }
        extern "C" __global__ void pass_on_unread(float* y) { pass_on<32, 64, 32>(y); }
        extern "C" __global__ void pass_on_unwritten_in_warps(float* y) { pass_on<1, 0, 32>(y); }
        extern "C" __global__ void pass_on_unread_in_warps(float* y) { pass_on<1, 32, 0>(y); }

        extern "C" __global__ void half_barrier(float* y)
        {
            if (threadIdx.x < 16)
                __syncthreads();
            else
                __syncwarp(0xffff0000u);
            y[threadIdx.x] = 1.f;
        }

        extern "C" __global__ void misaligned(const float* x, float* y) { *(float4*)y = *(const float4*)(x + 1); }

        extern "C" __global__ void dynamic(float* y)
        {
            DYNAMIC_SHARED(float, tile);
            tile[threadIdx.x] = threadIdx.x;
            __syncthreads();
            y[threadIdx.x] = tile[blockDim.x - 1 - threadIdx.x];
        }

        extern "C" __global__ void overflow(int* y) { y[0] = y[0] * y[0]; }
        """;

    readonly List<nint> blocks = [];
    EmulatedDevice device = null!;
    ICudaDriver driver = null!;
    CudaStream stream;
    CudaModule module;

    [SetUp]
    public void Open()
    {
        blocks.Clear();
        device = EmulatedDevice.Open(memoryBytes: 1 << 20);
        driver = device.Libraries.Driver;
        driver.MakeCurrent(driver.RetainPrimaryContext(0));
        stream = driver.CreateStream();
        module = driver.LoadModule(device.Libraries.Nvrtc.Compile(Source("test.cu", Kernels), 90));
    }

    /// <summary>Gives everything back; the device agrees that it was everything.</summary>
    [TearDown]
    public void Close()
    {
        if (device is null)
            return;
        foreach (nint block in blocks.ToArray())
            Free(block);
        driver.UnloadModule(module);
        driver.DestroyStream(stream);
        driver.ReleasePrimaryContext(0);
        device.Dispose();
    }

    [Test]
    public void Blocks_threads_and_tails()
    {
        nint a = Upload([.. Enumerable.Range(0, 70).Select(i => (float)i)]);
        nint b = Upload([.. Enumerable.Range(0, 70).Select(i => 0.5f * i)]);
        nint y = Allocate(70 * 4);
        Launch("add", new LaunchShape(3, 32), a, b, y, 70);
        Assert.That(Download(y, 70), Is.EqualTo(Enumerable.Range(0, 70).Select(i => 1.5f * i)));
    }

    [Test]
    public void Shuffles_and_shared_memory_sum_a_block()
    {
        nint x = Upload([.. Enumerable.Range(0, 256).Select(i => (float)i)]), y = Allocate(4);
        Launch("block_sum", new LaunchShape(1, 256), x, y);
        Assert.That(Download(y, 1), Is.EqualTo(new[] { 255f * 128 }));
    }

    [Test]
    public void Dynamic_shared_memory()
    {
        nint y = Allocate(64 * 4);
        Launch("dynamic", new LaunchShape(1, 64, 64 * 4), y);
        Assert.That(Download(y, 64), Is.EqualTo(Enumerable.Range(0, 64).Select(i => 63f - i)));
        Launch("dynamic", new LaunchShape(1, 64, 60 * 4), y);
        Assert.That(Fault(), Does.Contain("writes dynamic shared memory out of bounds"));
    }

    [Test]
    public void Reads_out_of_bounds()
    {
        nint x = Upload([1, 2, 3]), y = Allocate(4);
        Launch("read_past", new LaunchShape(1, 1), x, y, 3);
        string fault = Fault();
        Assert.That(fault, Does.Match("read_past<<<.*>>> reads device memory out of bounds").And.Contain("at test.cu:8"));
        Assert.That(fault, Does.Contain("12 bytes after the start of block 1 of 12 bytes"));
    }

    [Test]
    public void Reads_of_what_was_never_written()
    {
        nint x = Allocate(12), y = Allocate(4);
        Launch("read_past", new LaunchShape(1, 1), x, y, 0);
        Assert.That(Fault(), Does.Contain("reads uninitialized device memory"));
        Launch("shared_before_write", new LaunchShape(1, 32), Upload(new float[32]));
        Assert.That(Fault(), Does.Contain("reads uninitialized static shared memory"));
        byte[] host = new byte[12];
        fixed (byte* h = host)
        {
            nint to = (nint)h;
            Refuses(() => driver.CopyToHost(to, x, 12, stream), "uninitialized");
        }
    }

    [Test]
    public void Shared_memory_out_of_bounds()
    {
        nint y = Allocate(4);
        Launch("shared_past", new LaunchShape(1, 1), y, 31);
        driver.Synchronize(stream);
        Launch("shared_past", new LaunchShape(1, 1), y, 32);
        Assert.That(Fault(), Does.Contain("writes static shared memory out of bounds"));
    }

    [TestCase("pass_on_right", 32)]
    [TestCase("pass_on_in_warps", 1)]
    public void Shared_memory_with_barriers(string kernel, int distance)
    {
        nint y = Allocate(256);
        Launch(kernel, new LaunchShape(2, 64), y);
        Assert.That(Download(y, 64), Is.EqualTo(Enumerable.Range(0, 64).Select(i => (float)(i ^ distance))));
    }

    /// <summary>One thread at a time gives the right result all the same: only the missing barrier itself can be seen.</summary>
    [TestCase("pass_on_unwritten")]
    [TestCase("pass_on_unread")]
    [TestCase("pass_on_unwritten_in_warps")]
    [TestCase("pass_on_unread_in_warps")]
    public void A_missing_barrier_in_shared_memory(string kernel)
    {
        nint y = Allocate(256);
        Launch(kernel, new LaunchShape(1, 64), y);
        Assert.That(Fault(), Does.Contain("s static shared memory that thread").And.Contain("uses with no barrier between"));
    }

    [Test]
    public void A_barrier_that_not_all_threads_reach()
    {
        nint y = Allocate(128);
        Launch("half_barrier", new LaunchShape(1, 32), y);
        Assert.That(Fault(), Does.Contain("16 at __syncthreads").And.Contain("16 have returned"));
    }

    [Test]
    public void A_vector_access_that_is_not_aligned()
    {
        nint x = Upload(new float[8]), y = Allocate(16);
        Launch("misaligned", new LaunchShape(1, 1), x, y);
        Assert.That(Fault(), Does.Contain("not aligned").And.Contain("test.cu"));
    }

    [Test]
    public void An_integer_that_overflows()
    {
        nint y = Allocate(4);
        driver.SetBytes(y, 0x7f, 4, stream);
        Launch("overflow", new LaunchShape(1, 1), y);
        Assert.That(Fault(), Does.Contain("a product of integers overflows"));
    }

    [Test]
    public void Launches_that_do_not_fit_the_kernel()
    {
        nint y = Allocate(4);
        Refuses(() => Launch("block_sum", new LaunchShape(1, 32), y), "1 arguments; it has 2");
        Refuses(() => Launch("add", new LaunchShape(1, 32), y, y, y, 1L), "8 bytes; the parameter has 4");
        Refuses(() => Launch("block_sum", new LaunchShape(1, 288), y, y), "288 threads");
        Refuses(() => Launch("add", new LaunchShape(0, 32), y, y, y, 1), "grid of 0");
    }

    [Test]
    public void Memory_freed_twice_or_used_after()
    {
        nint x = Upload([1, 2]), y = Allocate(4);
        Free(x);
        Refuses(() => driver.Free(x, stream), "freed twice");
        Launch("read_past", new LaunchShape(1, 1), x, y, 0);
        Assert.That(Fault(), Does.Contain("reads freed device memory"));
    }

    [Test]
    public void What_is_not_given_back()
    {
        nint x = Upload([1, 2]);
        string leaks = Assert.Throws<EmulationException>(device.Dispose)!.Message;
        Assert.That(leaks, Does.Contain("of 8 bytes was never freed").And.Contain("1 streams"));
    }

    [Test]
    public void A_stream_after_its_end()
    {
        nint x = Upload([1, 2]);
        CudaStream other = driver.CreateStream();
        driver.DestroyStream(other);
        Refuses(() => driver.SetBytes(x, 0, 8, other), "was destroyed");
    }

    [Test]
    public void A_missing_wait_between_streams()
    {
        nint x = Allocate(4), y = Allocate(4);
        CudaStream other = driver.CreateStream();
        CudaEvent written = driver.CreateEvent();
        driver.SetBytes(x, 0, 4, other);
        driver.Record(written, other);
        Launch("read_past", new LaunchShape(1, 1), x, y, 0);
        Assert.That(Fault(), Does.Contain("uninitialized"));
        driver.Wait(stream, written);
        Launch("read_past", new LaunchShape(1, 1), x, y, 0);
        Assert.That(Download(y, 1), Is.EqualTo(new[] { 0f }));
        driver.DestroyEvent(written);
        driver.DestroyStream(other);
    }

    [Test]
    public void A_capture_refuses_allocation_and_waiting_and_is_broken_by_them()
    {
        foreach (Action refused in (Action[])[() => driver.Allocate(4, stream), () => driver.Synchronize(stream)])
        {
            driver.BeginCapture(stream);
            Refuses(refused, "during the capture");
            Assert.That(() => driver.EndCapture(stream), Throws.TypeOf<CudaException>().With.Message.Contains("CAPTURE_INVALIDATED"));
        }
    }

    [Test]
    public void A_graph_repeats_its_launches()
    {
        nint x = Upload([1]), one = Upload([1]);
        driver.BeginCapture(stream);
        Launch("add", new LaunchShape(1, 1), x, one, x, 1);
        CudaGraph graph = driver.EndCapture(stream);
        CudaGraphExecutable executable = driver.Instantiate(graph);
        driver.DestroyGraph(graph);
        Assert.That(Download(x, 1), Is.EqualTo(new[] { 1f }), "a capture does not run");
        for (int i = 0; i < 3; i++)
            driver.Launch(executable, stream);
        Assert.That(Download(x, 1), Is.EqualTo(new[] { 4f }));
        driver.DestroyGraph(executable);
    }

    [Test]
    public void Memory_runs_out()
    {
        nint x = Allocate(1 << 19);
        Assert.That(() => driver.Allocate((1 << 19) + 1, stream), Throws.TypeOf<CudaException>().With.Property("IsOutOfMemory").True);
        Free(x);
        Assert.That(Allocate(1 << 20), Is.Not.Zero, "what is freed is there again");
    }

    [Test]
    public void Copies_to_pinned_memory_are_done_when_the_stream_is()
    {
        nint x = Upload([5]);
        nint host = driver.AllocatePinned(4);
        *(float*)host = 1;
        driver.CopyToHost(host, x, 4, stream);
        Assert.That(*(float*)host, Is.EqualTo(1), "the copy waits for a synchronization");
        driver.Synchronize(stream);
        Assert.That(*(float*)host, Is.EqualTo(5));
        driver.FreePinned(host);
    }

    [Test]
    public void A_kernel_file_that_does_not_compile()
    {
        KernelSource source = Source("wrong.cu", "extern \"C\" __global__ void k() { dd = 1; }");
        Exception? error = Assert.Throws<KernelCompilationException>(() => device.Libraries.Nvrtc.Compile(source, 90));
        Assert.That(error!.Message, Does.Contain("wrong.cu:1").And.Contain("dd"));
    }

    void Launch(string name, LaunchShape shape, params ReadOnlySpan<KernelArg> arguments) =>
        driver.Launch(driver.Function(module, name), shape, arguments, stream);

    static KernelSource Source(string name, string text) => new(name, text, new Dictionary<string, string>(), []);

    static void Refuses(Action action, string why) =>
        Assert.That(Assert.Throws<EmulationException>(() => action())!.Message, Does.Contain(why));

    string Fault() => Assert.Throws<EmulationException>(() => driver.Synchronize(stream))!.Message;

    nint Upload(float[] values)
    {
        nint pointer = Allocate(values.Length * 4);
        fixed (float* first = values)
            driver.CopyToDevice(pointer, (nint)first, values.Length * 4, stream);
        return pointer;
    }

    float[] Download(nint pointer, int count)
    {
        float[] values = new float[count];
        fixed (float* first = values)
            driver.CopyToHost((nint)first, pointer, count * 4, stream);
        return values;
    }

    nint Allocate(long bytes)
    {
        nint pointer = driver.Allocate(bytes, stream);
        blocks.Add(pointer);
        return pointer;
    }

    void Free(nint pointer)
    {
        driver.Free(pointer, stream);
        blocks.Remove(pointer);
    }
}
