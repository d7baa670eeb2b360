using AlignT2I.Native;

namespace AlignT2I.Engine.Backends.Cuda;

/// <summary>Matrix products by the BLAS library, one plan per key.</summary>
internal sealed class CudaProducts(CudaBackend backend, ICudaBlas blas) : IDisposable
{
    const long MaxWorkspaceBytes = 32L << 20;

    readonly Lock gate = new();
    readonly Dictionary<MatMulKey, IMatMulPlan> plans = [];

    /// <inheritdoc cref="ICudaBlas.FusesGelu"/>
    public bool FusesGelu => blas.FusesGelu;

    public void Run(in MatMulKey key, in MatMulOperands operands)
    {
        backend.Device.MakeCurrent();
        IMatMulPlan plan = Plan(key);
        using CudaScratch workspace = backend.Scratch(plan.WorkspaceBytes);
        plan.Run(operands, workspace.Pointer, backend.Device.Stream);
    }

    public void Dispose()
    {
        foreach (IMatMulPlan plan in plans.Values)
            plan.Dispose();
    }

    IMatMulPlan Plan(in MatMulKey key)
    {
        lock (gate)
        {
            if (!plans.TryGetValue(key, out IMatMulPlan? plan))
                plans.Add(key, plan = blas.Plan(key, MaxWorkspaceBytes));
            return plan;
        }
    }
}
