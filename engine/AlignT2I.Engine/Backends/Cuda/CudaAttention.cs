using AlignT2I.Native;

namespace AlignT2I.Engine.Backends.Cuda;

/// <summary>Plans of the library's fused attention, one per key; null where it has none and our own kernel computes.</summary>
internal sealed class CudaAttention(CudaDevice device, ICudaDnn dnn) : IDisposable
{
    readonly Lock gate = new();
    readonly Dictionary<AttentionKey, IAttentionPlan?> plans = [];

    /// <summary>The plan of a pass, the device being the thread's; null where the library does not do it.</summary>
    public IAttentionPlan? Plan(in AttentionKey key)
    {
        device.MakeCurrent();
        lock (gate)
        {
            if (!plans.TryGetValue(key, out IAttentionPlan? plan))
                plans.Add(key, plan = dnn.Plan(key));
            return plan;
        }
    }

    public void Dispose()
    {
        foreach (IAttentionPlan? plan in plans.Values)
            plan?.Dispose();
    }
}
