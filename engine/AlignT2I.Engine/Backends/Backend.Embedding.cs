namespace AlignT2I.Engine;

public abstract partial class Backend
{
    /// <summary>y[i] = table[ids[i]].</summary>
    internal abstract void Embedding(Tensor ids, Tensor table, Tensor y);

    /// <summary>dtable = 0, then dtable[ids[i]] += dy[i], in the order of the ids.</summary>
    internal abstract void EmbeddingBackward(Tensor ids, Tensor dy, Tensor dtable);

    /// <summary>y[n] = x[n, index[n]].</summary>
    internal abstract void Gather(Tensor x, Tensor index, Tensor y);

    /// <summary>dx[n, s] = dy[n] where s = index[n], else 0.</summary>
    internal abstract void GatherBackward(Tensor index, Tensor dy, Tensor dx);

    /// <summary>y[n] = the least s with ids[n, s] = id.</summary>
    internal abstract void FirstIndex(Tensor ids, int id, Tensor y);

    /// <summary>y[n] = [cos(t f_0), cos(t f_1)... | sin(t f_0), sin(t f_1)...], t = timesteps[n], f_i = 10000^(-i / h), h = dim /
    /// 2.</summary>
    internal abstract void TimestepEmbedding(Tensor timesteps, Tensor y);
}
