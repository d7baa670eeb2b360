using AlignT2I.Engine.Backends.Cpu;
using AlignT2I.Native;

namespace AlignT2I.Testing;

/// <summary>One fused attention pass of the emulated device.</summary>
internal sealed unsafe class EmulatedAttention(EmulatedDriver driver, AttentionKey key) : EmulatedPlan(driver), IAttentionPlan
{
    const string Name = "cudnnBackendExecute";

    readonly AttentionShape shape = new(key.Images, key.Queries, key.Keys, key.Heads, key.HeadDim, key.Causal);

    public void Run(in AttentionOperands operands, nint workspace, CudaStream stream)
    {
        AttentionOperands given = operands;
        Enqueue(Name, workspace, stream, () =>
        {
            if (key.Pass == AttentionPass.Forward)
                Forward(given);
            else
                Backward(given);
        });
    }

    void Forward(AttentionOperands o)
    {
        float[] q = Read(o.Q, key.Queries), k = Read(o.K, key.Keys), v = Read(o.V, key.Keys);
        float[] y = new float[q.Length], logs = new float[key.Images * key.Heads * key.Queries];
        fixed (float* pq = q, pk = k, pv = v, py = y, plogs = logs)
            AttentionKernel<float>.Forward(pq, pk, pv, py, plogs, shape);
        EmulatedArray.Write(Memory, o.Y, key.Type, y, Name);
        EmulatedArray.Write(Memory, o.LogSumExp, NativeType.Float32, logs, Name);
    }

    void Backward(AttentionOperands o)
    {
        float[] q = Read(o.Q, key.Queries), k = Read(o.K, key.Keys), v = Read(o.V, key.Keys);
        float[] y = Read(o.Y, key.Queries), dy = Read(o.Dy, key.Queries);
        float[] logs = EmulatedArray.Read(Memory, o.LogSumExp, NativeType.Float32, key.Images * key.Heads * key.Queries, Name);
        float[] dq = new float[q.Length], dk = new float[k.Length], dv = new float[v.Length];
        fixed (float* pq = q, pk = k, pv = v, py = y, plogs = logs, pdy = dy, pdq = dq, pdk = dk, pdv = dv)
            AttentionGradientKernel<float>.Backward(pq, pk, pv, py, plogs, pdy, pdq, pdk, pdv, shape);
        EmulatedArray.Write(Memory, o.Dq, key.Type, dq, Name);
        EmulatedArray.Write(Memory, o.Dk, key.Type, dk, Name);
        EmulatedArray.Write(Memory, o.Dv, key.Type, dv, Name);
    }

    float[] Read(nint pointer, int positions) =>
        EmulatedArray.Read(Memory, pointer, key.Type, (long)key.Images * positions * key.Heads * key.HeadDim, Name);
}
