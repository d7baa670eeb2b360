using static AlignT2I.Native.CudnnApi;
using static AlignT2I.Native.CudnnStatus;
using static AlignT2I.Native.CudnnValues;

namespace AlignT2I.Native;

/// <summary>A graph that an engine can run.</summary>
internal sealed class CudnnPlan
{
    readonly NativeCudnn library;
    readonly CudnnGraph graph;
    readonly CudnnDescriptor plan;

    CudnnPlan(NativeCudnn library, CudnnGraph graph, CudnnDescriptor plan)
    {
        (this.library, this.graph, this.plan) = (library, graph, plan);
        WorkspaceBytes = plan.GetLong(CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE);
    }

    public long WorkspaceBytes { get; }

    /// <summary>Makes the plan; null where the engine refuses the graph. It belongs to the graph.</summary>
    public static CudnnPlan? Make(NativeCudnn library, CudnnGraph graph, CudnnDescriptor finished, string engine)
    {
        if (CudnnEngine.Parse(graph, finished, engine) is not { } settings)
            return null;
        CudnnDescriptor plan = graph.New(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
        plan.SetPointer(CUDNN_ATTR_EXECUTION_PLAN_HANDLE, CUDNN_TYPE_HANDLE, library.Handle);
        plan.Set(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, settings);
        return plan.TryFinish() == 0 ? new CudnnPlan(library, graph, plan) : null;
    }

    /// <summary>Queues the plan.</summary>
    /// <param name="stream">Where.</param>
    /// <param name="workspace">Scratch memory of <see cref="WorkspaceBytes"/>.</param>
    /// <param name="tensors">Where each tensor of the graph is.</param>
    public void Run(CudaStream stream, nint workspace, params ReadOnlySpan<(CudnnTensor Tensor, nint Pointer)> tensors)
    {
        int count = tensors.Length + graph.Scalars.Count;
        Span<long> ids = stackalloc long[count];
        Span<nint> pointers = stackalloc nint[count];
        for (int i = 0; i < tensors.Length; i++)
            (ids[i], pointers[i]) = (tensors[i].Tensor.Id, tensors[i].Pointer);
        for (int i = 0; i < graph.Scalars.Count; i++)
            (ids[tensors.Length + i], pointers[tensors.Length + i]) = graph.Scalars[i];
        using CudnnDescriptor pack = new(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
        pack.Set(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, ids);
        pack.SetPointers(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, CUDNN_TYPE_VOID_PTR, pointers);
        pack.SetPointer(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, CUDNN_TYPE_VOID_PTR, workspace);
        pack.Finish();
        library.UseStream(stream);
        Check(cudnnBackendExecute(library.Handle, plan.Handle, pack.Handle));
    }
}
