namespace AlignT2I.Native.Tests;

/// <summary>The driver's bindings: every call arrives as it was made.</summary>
internal sealed unsafe class DriverTests
{
    const string Library = "libcuda.so.1";

    readonly NativeCudaDriver driver = new();

    [Test]
    public void Devices()
    {
        Assert.That(driver.Version, Is.EqualTo(new Version(13, 1)));
        Assert.That(driver.DeviceCount, Is.EqualTo(2));
        Assert.That(driver.DeviceName(1), Is.EqualTo("second"));
        Assert.That(driver.DeviceAttribute(0, CudaDeviceAttribute.WarpSize), Is.EqualTo(10 * 100 + 10));
        Assert.That(driver.RetainPrimaryContext(1), Is.EqualTo(new CudaContext(111)));
        driver.MakeCurrent(new CudaContext(111));
        driver.ReleasePrimaryContext(1);
        Assert.That(driver.MemoryInfo(), Is.EqualTo((5_000_000_000L, 80_000_000_000L)));
    }

    [Test]
    public void Streams_and_events()
    {
        CudaStream stream = driver.CreateStream();
        CudaEvent plain = driver.CreateEvent(), timed = driver.CreateEvent(timing: true);
        driver.Record(plain, stream);
        driver.Wait(stream, plain);
        Assert.That(driver.IsReached(plain), Is.True);
        Assert.That(driver.IsReached(timed), Is.False);
        Assert.That(driver.ElapsedMilliseconds(timed, plain), Is.EqualTo(1.5f));
        driver.DestroyEvent(plain);
        driver.DestroyStream(stream);
    }

    [Test]
    public void Memory_there_and_back()
    {
        CudaStream stream = driver.CreateStream();
        nint device = driver.Allocate(1000, stream), other = driver.Allocate(1000, stream), host = driver.AllocatePinned(1000);
        new Span<byte>((void*)host, 1000).Fill(3);
        driver.CopyToDevice(device, host, 1000, stream);
        driver.CopyOnDevice(other, device, 1000, stream);
        driver.SetBytes(other, 9, 10, stream);
        driver.CopyToHost(host, other, 1000, stream);
        Span<byte> back = new((void*)host, 1000);
        Assert.That(back[..10].ToArray(), Is.All.EqualTo(9));
        Assert.That(back[10..].ToArray(), Is.All.EqualTo(3));
        driver.Free(device, stream);
        driver.Free(other, stream);
        driver.FreePinned(host);
        driver.TrimMemory(0, 0);
    }

    [Test]
    public void A_launch_with_its_parameters()
    {
        CudaFunction kernel = driver.Function(driver.LoadModule("image\0"u8), "kernel");
        driver.SetDynamicSharedMemory(kernel, 100_000);
        driver.Launch(kernel, new LaunchShape(2, 3, 4, 5, 6, 7, 8), [unchecked((nint)0x123456789abc), -17, 0.25f], driver.CreateStream());
        uint* shape = StandInLibraries.Variable<uint>(Library, "launched");
        Assert.That(new Span<uint>(shape, 7).ToArray(), Is.EqualTo(new uint[] { 2, 3, 4, 5, 6, 7, 8 }));
        byte* parameters = StandInLibraries.Variable<byte>(Library, "launched_parameters");
        Assert.That(*(long*)parameters, Is.EqualTo(0x123456789abc));
        Assert.That(*(int*)(parameters + 8), Is.EqualTo(-17));
        Assert.That(*(float*)(parameters + 16), Is.EqualTo(0.25f));
    }

    [Test]
    public void A_graph()
    {
        CudaStream stream = driver.CreateStream();
        driver.BeginCapture(stream);
        CudaGraph graph = driver.EndCapture(stream);
        CudaGraphExecutable executable = driver.Instantiate(graph);
        driver.Launch(executable, stream);
        driver.DestroyGraph(graph);
        driver.DestroyGraph(executable);
        Assert.That(*StandInLibraries.Variable<int>(Library, "graph_launches"), Is.EqualTo(1));
    }

    [Test]
    public void A_refused_call_names_itself_and_the_status()
    {
        CudaException error = Assert.Throws<CudaException>(() => driver.Function(driver.LoadModule("image\0"u8), "other"))!;
        Assert.That(error.Message, Is.EqualTo("cuModuleGetFunction other: CUDA_ERROR_NOT_FOUND (500), in the stand-in's words."));
        error = Assert.Throws<CudaException>(() => driver.Allocate(2_000_000_000, driver.CreateStream()))!;
        Assert.That(error.Message, Does.StartWith("cuMemAllocAsync: CUDA_ERROR_OUT_OF_MEMORY (2)"));
        Assert.That(error.IsOutOfMemory, Is.True);
    }
}
