using AlignT2I.Native;
using ManagedCuda.BasicTypes;
using CudaStream = AlignT2I.Native.CudaStream;
using static AlignT2I.ManagedCuda.ManagedStatus;
using static ManagedCuda.DriverAPINativeMethods;

namespace AlignT2I.ManagedCuda;

/// <content>Modules, launches, graphs.</content>
public sealed unsafe partial class ManagedCudaDriver
{
    /// <inheritdoc/>
    public CudaModule LoadModule(ReadOnlySpan<byte> image)
    {
        CUmodule module = default;
        Check(ModuleManagement.cuModuleLoadData(ref module, image.ToArray()));
        return new CudaModule(module.Pointer);
    }

    /// <inheritdoc/>
    public void UnloadModule(CudaModule module) => Check(ModuleManagement.cuModuleUnload(new CUmodule { Pointer = module.Handle }));

    /// <inheritdoc/>
    public CudaFunction Function(CudaModule module, string name)
    {
        CUfunction function = default;
        Check(ModuleManagement.cuModuleGetFunction(ref function, new CUmodule { Pointer = module.Handle }, name));
        return new CudaFunction(function.Pointer);
    }

    /// <inheritdoc/>
    public void SetDynamicSharedMemory(CudaFunction function, int bytes) =>
        Check(FunctionManagement.cuFuncSetAttribute(Of(function), CUFunctionAttribute.MaxDynamicSharedSizeBytes, bytes));

    /// <inheritdoc/>
    public void Launch(CudaFunction function, in LaunchShape shape, ReadOnlySpan<KernelArg> arguments, CudaStream stream)
    {
        nint[] parameters = new nint[arguments.Length];
        fixed (KernelArg* first = arguments)
        {
            for (int i = 0; i < arguments.Length; i++)
                parameters[i] = (nint)KernelArg.Address(first + i);
            Check(global::ManagedCuda.DriverAPINativeMethods.Launch.cuLaunchKernel(
                Of(function), (uint)shape.GridX, (uint)shape.GridY, (uint)shape.GridZ, (uint)shape.BlockX, (uint)shape.BlockY,
                (uint)shape.BlockZ, (uint)shape.DynamicSharedMemory, Of(stream), parameters, null));
        }
    }

    /// <inheritdoc/>
    public void BeginCapture(CudaStream stream) => Check(Streams.cuStreamBeginCapture(Of(stream), CUstreamCaptureMode.Local));

    /// <inheritdoc/>
    public CudaGraph EndCapture(CudaStream stream)
    {
        CUgraph graph = default;
        Check(Streams.cuStreamEndCapture(Of(stream), ref graph));
        return new CudaGraph(graph.Pointer);
    }

    /// <inheritdoc/>
    public CudaGraphExecutable Instantiate(CudaGraph graph)
    {
        CUgraphExec executable = default;
        Check(GraphManagment.cuGraphInstantiate(ref executable, new CUgraph { Pointer = graph.Handle }, CUgraphInstantiate_flags.None));
        return new CudaGraphExecutable(executable.Pointer);
    }

    /// <inheritdoc/>
    public void Launch(CudaGraphExecutable graph, CudaStream stream) => Check(GraphManagment.cuGraphLaunch(Of(graph), Of(stream)));

    /// <inheritdoc/>
    public void DestroyGraph(CudaGraph graph) => Check(GraphManagment.cuGraphDestroy(new CUgraph { Pointer = graph.Handle }));

    /// <inheritdoc/>
    public void DestroyGraph(CudaGraphExecutable graph) => Check(GraphManagment.cuGraphExecDestroy(Of(graph)));

    static CUfunction Of(CudaFunction function) => new() { Pointer = function.Handle };

    static CUgraphExec Of(CudaGraphExecutable graph) => new() { Pointer = graph.Handle };
}
