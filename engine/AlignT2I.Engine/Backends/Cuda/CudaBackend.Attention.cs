using AlignT2I.Native;

namespace AlignT2I.Engine.Backends.Cuda;

internal sealed partial class CudaBackend
{
    /// <summary>As in attention.cu.</summary>
    const int AttentionTile = 64, AttentionLanes = 16, WidestShare = 256;

    internal override void AttentionForward(Tensor q, Tensor k, Tensor v, int heads, bool causal, Tensor y, Tensor logSumExp)
    {
        if (y.Count == 0)
            return;
        if (attention.Plan(AttentionKeyOf(AttentionPass.Forward, q, k, heads, causal)) is { } plan)
        {
            using CudaScratch workspace = Scratch(plan.WorkspaceBytes);
            plan.Run(new(P(q), P(k), P(v), P(y), P(logSumExp)), workspace.Pointer, device.Stream);
            return;
        }

        int queries = q.Shape[1], keys = k.Shape[1], headDim = q.Shape[2] / heads;
        Launch(
            AttentionKernel("attention_forward", q.DType, headDim), AttentionGrid(queries, q.Shape[0] * heads, headDim),
            P(q), P(k), P(v), P(y), P(logSumExp), queries, keys, heads, headDim, Scale(headDim), causal);
    }

    internal override void AttentionBackward(
        Tensor q, Tensor k, Tensor v, Tensor y, Tensor logSumExp, int heads, bool causal, Tensor dy, Tensor dq, Tensor dk, Tensor dv)
    {
        if (q.Count == 0)
        {
            Fill(dk, 0);
            Fill(dv, 0);
            return;
        }

        // The forward pass must have been the library's too: both then round the probabilities in the same way.
        if (attention.Plan(AttentionKeyOf(AttentionPass.Forward, q, k, heads, causal)) is not null
            && attention.Plan(AttentionKeyOf(AttentionPass.Backward, q, k, heads, causal)) is { } plan)
        {
            using CudaScratch workspace = Scratch(plan.WorkspaceBytes);
            AttentionOperands operands = new(P(q), P(k), P(v), P(y), P(logSumExp)) { Dy = P(dy), Dq = P(dq), Dk = P(dk), Dv = P(dv) };
            plan.Run(operands, workspace.Pointer, device.Stream);
            return;
        }

        int queries = q.Shape[1], keys = k.Shape[1], headDim = q.Shape[2] / heads, images = q.Shape[0] * heads;
        using CudaScratch delta = Scratch(logSumExp.Count * sizeof(float));
        Launch(
            AttentionKernel("attention_delta", q.DType, headDim), Divide(logSumExp.Count, Threads / 32),
            P(y), P(dy), delta.Pointer, logSumExp.Count, queries, heads, headDim);
        Launch(
            AttentionKernel("attention_backward_queries", q.DType, headDim), AttentionGrid(queries, images, headDim),
            P(q), P(k), P(v), P(logSumExp), delta.Pointer, P(dy), P(dq), queries, keys, heads, headDim, Scale(headDim), causal);
        Launch(
            AttentionKernel("attention_backward_keys", q.DType, headDim), AttentionGrid(keys, images, headDim),
            P(q), P(k), P(v), P(logSumExp), delta.Pointer, P(dy), P(dk), P(dv), queries, keys, heads, headDim, Scale(headDim), causal);
    }

    CudaFunction AttentionKernel(string name, DType dtype, int headDim)
    {
        int shares = Divide(headDim, WidestShare), columns = Divide(Divide(headDim, shares), AttentionLanes);
        return Kernel("attention.cu", Macro(dtype), name, $"COLUMNS={columns}");
    }

    static LaunchShape AttentionGrid(int rows, int heads, int headDim) =>
        new(Divide(rows, AttentionTile), heads, Divide(headDim, WidestShare), Threads, 1, 1, 0);

    static float Scale(int headDim) => (float)(1 / Math.Sqrt(headDim));

    AttentionKey AttentionKeyOf(AttentionPass pass, Tensor q, Tensor k, int heads, bool causal) => new(
        pass, Native(q), q.Shape[0], q.Shape[1], k.Shape[1], heads, q.Shape[2] / heads, causal)
    {
        Nondeterministic = options.Nondeterministic,
    };
}
