using System.Runtime.InteropServices;
using static AlignT2I.Native.CudnnValues;

namespace AlignT2I.Native;

/// <summary>Fused attention of cuDNN.</summary>
internal sealed class CudnnAttention : IAttentionPlan
{
    static readonly Version firstForward = new(9, 0), firstBackward = new(9, 6), infiniteMask = new(9, 10), anyLength = new(9, 15, 1);
    static readonly Version brokenFrom = new(9, 10), brokenTo = new(9, 10, 2), masksSingleQuery = new(9, 10);

    readonly AttentionKey key;
    readonly CudnnAttentionGraph graph;
    readonly CudnnPlan plan;

    CudnnAttention(in AttentionKey key, CudnnAttentionGraph graph, CudnnPlan plan)
    {
        (this.key, this.graph, this.plan) = (key, graph, plan);
        WorkspaceBytes = RowSumsOffset + RowSumsBytes + DqSumsBytes;
    }

    /// <summary>The library's own scratch memory, then the sums per query, then those of dq.</summary>
    public long WorkspaceBytes { get; }

    long RowSumsOffset => (plan.WorkspaceBytes + 255) / 256 * 256;

    long RowSumsBytes => graph.RowSums is null ? 0 : ((long)key.Images * key.Heads * key.Queries * sizeof(float) + 255) / 256 * 256;

    long DqSumsBytes => graph.DqSums is null ? 0 : (long)key.Images * key.Heads * key.Queries * key.HeadDim * sizeof(float);

    /// <summary>
    /// Whether the library's documentation lets this be tried: 16-bit types, head sizes in steps of 8 up to 256, versions without known
    /// faults; the backward pass of older versions needs its scratch memory cleared or its keys padded, which is not done here. Single
    /// queries have limits of their own: older versions do not mask them, and none has gradients for one query and one key.
    /// </summary>
    /// <remarks>The limits after NVIDIA/cudnn-frontend, node/sdpa_support_surface.h and scaled_dot_product_flash_attention.h.</remarks>
    public static bool Supports(in AttentionKey key, Version version)
    {
        if (key.Type == NativeType.Float32 || key.HeadDim % 8 != 0 || key.HeadDim > 256)
            return false;
        if (version < firstForward || (version >= brokenFrom && version < brokenTo))
            return false;
        if (key.Queries == 1 && ((key.Causal && version < masksSingleQuery) || (key.Pass == AttentionPass.Backward && key.Keys == 1)))
            return false;
        return key.Pass == AttentionPass.Forward || (version >= firstBackward && (key.Keys % 128 == 0 || version >= anyLength));
    }

    /// <summary>Makes the plan; null where no engine of the library takes it on this device.</summary>
    public static CudnnAttention? Make(NativeCudnn library, in AttentionKey key)
    {
        float masked = library.Version < infiniteMask ? float.MinValue : float.NegativeInfinity;
        CudnnAttentionGraph graph = new(library.Handle, key, masked);
        if (graph.Finished is { } finished)
        {
            int[] unwanted = key.Nondeterministic ? [] : [CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC];
            foreach (string engine in CudnnEngine.Find(finished, unwanted))
            {
                if (CudnnPlan.Make(library, graph.Graph, finished, engine) is { } plan)
                    return new CudnnAttention(key, graph, plan);
            }
        }

        graph.Dispose();
        return null;
    }

    public void Run(in AttentionOperands operands, nint workspace, CudaStream stream)
    {
        if (key.Pass == AttentionPass.Forward)
        {
            plan.Run(
                stream, workspace, (graph.Q, operands.Q), (graph.K, operands.K), (graph.V, operands.V), (graph.Y, operands.Y),
                (graph.LogSumExp, operands.LogSumExp));
            return;
        }

        List<(CudnnTensor, nint)> tensors =
        [
            (graph.Q, operands.Q), (graph.K, operands.K), (graph.V, operands.V), (graph.Y, operands.Y),
            (graph.LogSumExp, operands.LogSumExp), (graph.Dy!, operands.Dy), (graph.Dq!, operands.Dq), (graph.Dk!, operands.Dk),
            (graph.Dv!, operands.Dv), (graph.RowSums!, workspace + (nint)RowSumsOffset),
        ];
        if (graph.DqSums is { } sums)
            tensors.Add((sums, workspace + (nint)(RowSumsOffset + RowSumsBytes)));
        plan.Run(stream, workspace, CollectionsMarshal.AsSpan(tensors));
    }

    public void Dispose() => graph.Dispose();
}
