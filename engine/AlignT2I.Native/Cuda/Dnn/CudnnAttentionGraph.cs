using static AlignT2I.Native.CudnnValues;

namespace AlignT2I.Native;

/// <summary>The operation graph of attention, in the pattern that the library's fused engines know.</summary>
/// <remarks>
/// Pattern and types after NVIDIA/cudnn-frontend, node/scaled_dot_product_flash_attention.h. The library's order is image, head, token,
/// channel; memory is image, token, head, channel.
/// </remarks>
internal sealed class CudnnAttentionGraph : IDisposable
{
    readonly AttentionKey key;
    readonly CudnnGraph graph = new();
    readonly long[] scores, rows;
    readonly CudnnTensor scale;

    public CudnnAttentionGraph(nint library, in AttentionKey key, float maskedScore)
    {
        this.key = key;
        scores = [key.Images, key.Heads, key.Queries, key.Keys];
        rows = [key.Images, key.Heads, key.Queries, 1];
        int type = CudnnTensor.TypeOf(key.Type);
        Q = graph.Tensor(type, Dimensions(key.Queries), Strides(key.Queries));
        K = Transposed(type);
        V = key.Pass == AttentionPass.Forward ? graph.Tensor(type, Dimensions(key.Keys), Strides(key.Keys)) : Transposed(type);
        Y = graph.Tensor(type, Dimensions(key.Queries), Strides(key.Queries));
        LogSumExp = graph.Tensor(CUDNN_DATA_FLOAT, rows, CudnnTensor.Packed(rows));
        scale = graph.Scalar(1 / MathF.Sqrt(key.HeadDim));
        if (key.Pass == AttentionPass.Forward)
            Forward(type, maskedScore);
        else
            Backward(type, maskedScore);
        Finished = graph.Finish(library);
    }

    public CudnnGraph Graph => graph;

    /// <summary>The finished graph; null where the library does not support it.</summary>
    public CudnnDescriptor? Finished { get; }

    public CudnnTensor Q { get; }

    public CudnnTensor K { get; }

    public CudnnTensor V { get; }

    public CudnnTensor Y { get; }

    public CudnnTensor LogSumExp { get; }

    public CudnnTensor? Dy { get; private set; }

    public CudnnTensor? Dq { get; private set; }

    public CudnnTensor? Dk { get; private set; }

    public CudnnTensor? Dv { get; private set; }

    /// <summary>Sum of y * dy per query, float32 in scratch memory.</summary>
    public CudnnTensor? RowSums { get; private set; }

    /// <summary>dq in float32 in scratch memory, where the order of its additions is free.</summary>
    public CudnnTensor? DqSums { get; private set; }

    public void Dispose() => graph.Dispose();

    long[] Dimensions(int tokens) => [key.Images, key.Heads, tokens, key.HeadDim];

    long[] Strides(int tokens) => [(long)tokens * key.Heads * key.HeadDim, key.HeadDim, (long)key.Heads * key.HeadDim, 1];

    CudnnTensor Transposed(int type)
    {
        long[] d = Dimensions(key.Keys), s = Strides(key.Keys);
        return graph.Tensor(type, [d[0], d[1], d[3], d[2]], [s[0], s[1], s[3], s[2]]);
    }

    /// <summary>y = softmax(q k^T * scale) v, and the logarithms of the sums.</summary>
    void Forward(int type, float maskedScore)
    {
        CudnnTensor s = Mask(Scores(), maskedScore);
        CudnnTensor max = graph.Reduce(CUDNN_REDUCE_TENSOR_MAX, s, graph.Virtual(rows));
        CudnnTensor exp = graph.Pointwise(CUDNN_POINTWISE_EXP, graph.Pointwise(CUDNN_POINTWISE_SUB, s, max));
        CudnnTensor sum = graph.Reduce(CUDNN_REDUCE_TENSOR_ADD, exp, graph.Virtual(rows));
        graph.Pointwise(CUDNN_POINTWISE_ADD, max, graph.Pointwise(CUDNN_POINTWISE_LOG, sum), LogSumExp);
        CudnnTensor p = graph.Pointwise(CUDNN_POINTWISE_DIV, exp, sum, graph.Virtual(scores, type));
        graph.MatMul(p, V, Y);
    }

    /// <summary>
    /// p = exp(q k^T * scale - logSumExp): dv = p^T dy; ds = p * (dy v^T - rowSums) * scale, rowSums = sum of y * dy; dq = ds k;
    /// dk = ds^T q.
    /// </summary>
    void Backward(int type, float maskedScore)
    {
        Dy = graph.Tensor(type, Dimensions(key.Queries), Strides(key.Queries));
        Dq = graph.Tensor(type, Dimensions(key.Queries), Strides(key.Queries));
        Dk = graph.Tensor(type, Dimensions(key.Keys), Strides(key.Keys));
        Dv = graph.Tensor(type, Dimensions(key.Keys), Strides(key.Keys));
        RowSums = graph.Tensor(CUDNN_DATA_FLOAT, rows, CudnnTensor.Packed(rows));

        long[] d = Dimensions(key.Queries);
        CudnnTensor products = graph.Virtual(d, strides: [d[1] * d[2] * d[3], d[2] * d[3], d[1] * d[3], 1]);
        graph.Pointwise(CUDNN_POINTWISE_MUL, Dy, Y, products);
        CudnnTensor sums = graph.Reduce(CUDNN_REDUCE_TENSOR_ADD, products, graph.Virtual(rows));
        graph.Pointwise(CUDNN_POINTWISE_MUL, sums, graph.Scalar(1), RowSums);

        CudnnTensor s = Mask(graph.Pointwise(CUDNN_POINTWISE_SUB, Scores(), LogSumExp), maskedScore);
        CudnnTensor p = graph.Pointwise(CUDNN_POINTWISE_EXP, s);
        graph.MatMul(ColumnsFirst(p, type), Dy, Dv);

        CudnnTensor dp = graph.MatMul(Dy, V, graph.Virtual(scores));
        CudnnTensor ds = graph.Pointwise(CUDNN_POINTWISE_MUL, graph.Pointwise(CUDNN_POINTWISE_SUB, dp, RowSums), p);
        ds = graph.Pointwise(CUDNN_POINTWISE_MUL, ds, scale);
        graph.MatMul(ColumnsFirst(ds, type), Q, Dk);

        long[] t = Dimensions(key.Keys);
        CudnnTensor k = graph.Reshape(K, graph.Virtual(t, strides: Strides(key.Keys)));
        if (!key.Nondeterministic)
        {
            graph.MatMul(ds, k, Dq);
            return;
        }

        DqSums = graph.Tensor(CUDNN_DATA_FLOAT, d, CudnnTensor.Packed(d));
        graph.MatMul(ds, k, DqSums);
        graph.Pointwise(CUDNN_POINTWISE_IDENTITY, DqSums, y: Dq);
    }

    CudnnTensor Scores()
    {
        CudnnTensor product = graph.MatMul(Q, K, graph.Virtual(scores));
        return graph.Pointwise(CUDNN_POINTWISE_MUL, product, scale);
    }

    /// <summary>Scores of later keys become so small that their weight is 0, where the attention is causal.</summary>
    CudnnTensor Mask(CudnnTensor s, float maskedScore)
    {
        if (!key.Causal)
            return s;
        CudnnTensor row = graph.Pointwise(CUDNN_POINTWISE_GEN_INDEX, s, axis: 2, resultType: CUDNN_DATA_INT32);
        CudnnTensor column = graph.Pointwise(CUDNN_POINTWISE_GEN_INDEX, s, axis: 3, resultType: CUDNN_DATA_INT32);
        CudnnTensor visible = graph.Pointwise(
            CUDNN_POINTWISE_CMP_GE, row, column, computeType: CUDNN_DATA_BOOLEAN, resultType: CUDNN_DATA_BOOLEAN);
        return graph.Pointwise(CUDNN_POINTWISE_BINARY_SELECT, s, graph.Scalar(maskedScore), mask: visible);
    }

    /// <summary>The transpose of a matrix of scores, by its strides.</summary>
    CudnnTensor ColumnsFirst(CudnnTensor s, int type)
    {
        long[] d = [key.Images, key.Heads, key.Keys, key.Queries];
        long[] strides = [(long)key.Heads * key.Queries * key.Keys, (long)key.Queries * key.Keys, 1, key.Keys];
        return graph.Reshape(s, graph.Virtual(d, type, strides));
    }
}
