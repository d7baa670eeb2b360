using static AlignT2I.Native.DriverApi;
using static AlignT2I.Native.DriverResult;
using static AlignT2I.Native.DriverValues;

namespace AlignT2I.Native;

/// <content>Modules, launches, graphs.</content>
public sealed unsafe partial class NativeCudaDriver
{
    /// <inheritdoc/>
    public CudaModule LoadModule(ReadOnlySpan<byte> image)
    {
        fixed (byte* first = image)
        {
            Check(cuModuleLoadData(out nint module, first));
            return new CudaModule(module);
        }
    }

    /// <inheritdoc/>
    public void UnloadModule(CudaModule module) => Check(cuModuleUnload(module.Handle));

    /// <inheritdoc/>
    public CudaFunction Function(CudaModule module, string name)
    {
        Check(cuModuleGetFunction(out nint function, module.Handle, name), $"cuModuleGetFunction {name}");
        return new CudaFunction(function);
    }

    /// <inheritdoc/>
    public void SetDynamicSharedMemory(CudaFunction function, int bytes) =>
        Check(cuFuncSetAttribute(function.Handle, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, bytes));

    /// <inheritdoc/>
    public void Launch(CudaFunction function, in LaunchShape shape, ReadOnlySpan<KernelArg> arguments, CudaStream stream)
    {
        void** parameters = stackalloc void*[arguments.Length + 1];
        fixed (KernelArg* first = arguments)
        {
            for (int i = 0; i < arguments.Length; i++)
                parameters[i] = KernelArg.Address(first + i);
            Check(cuLaunchKernel(
                function.Handle, (uint)shape.GridX, (uint)shape.GridY, (uint)shape.GridZ, (uint)shape.BlockX, (uint)shape.BlockY,
                (uint)shape.BlockZ, (uint)shape.DynamicSharedMemory, stream.Handle, parameters, null));
        }
    }

    /// <inheritdoc/>
    public void BeginCapture(CudaStream stream) => Check(cuStreamBeginCapture_v2(stream.Handle, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));

    /// <inheritdoc/>
    public CudaGraph EndCapture(CudaStream stream)
    {
        Check(cuStreamEndCapture(stream.Handle, out nint graph));
        return new CudaGraph(graph);
    }

    /// <inheritdoc/>
    public CudaGraphExecutable Instantiate(CudaGraph graph)
    {
        Check(cuGraphInstantiateWithFlags(out nint executable, graph.Handle, 0));
        return new CudaGraphExecutable(executable);
    }

    /// <inheritdoc/>
    public void Launch(CudaGraphExecutable graph, CudaStream stream) => Check(cuGraphLaunch(graph.Handle, stream.Handle));

    /// <inheritdoc/>
    public void DestroyGraph(CudaGraph graph) => Check(cuGraphDestroy(graph.Handle));

    /// <inheritdoc/>
    public void DestroyGraph(CudaGraphExecutable graph) => Check(cuGraphExecDestroy(graph.Handle));
}
