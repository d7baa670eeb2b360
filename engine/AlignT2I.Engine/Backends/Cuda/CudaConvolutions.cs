using AlignT2I.Native;

namespace AlignT2I.Engine.Backends.Cuda;

/// <summary>Convolutions by the DNN library: one plan per key, its engine the library's best guess or the fastest, kept on disk.</summary>
internal sealed class CudaConvolutions(CudaBackend backend, ICudaDnn dnn, CudaCache cache) : IDisposable
{
    const int TimedRuns = 3;

    readonly Lock gate = new();
    readonly Dictionary<ConvolutionKey, IConvolutionPlan?> plans = [];
    CudaEngineFile? file;

    /// <summary>Whether the library does this convolution.</summary>
    public bool Supports(in ConvolutionKey key)
    {
        lock (gate)
        {
            if (plans.TryGetValue(key, out IConvolutionPlan? plan))
                return plan is not null;
        }

        backend.Device.MakeCurrent();
        return backend.Options.Autotune ? HasEngine(key) : Plan(key, operands: null) is not null;
    }

    public void Run(in ConvolutionKey key, in ConvolutionOperands operands)
    {
        backend.Device.MakeCurrent();
        IConvolutionPlan plan = Plan(key, operands) ?? throw new NotSupportedException(
            $"cuDNN {dnn.Version} has no engine for this convolution on {backend.Device.Name}: {key}. "
            + "Compute it in another type, or install a newer cuDNN.");
        Run(plan, operands);
    }

    public void Dispose()
    {
        foreach (IConvolutionPlan? plan in plans.Values)
            plan?.Dispose();
    }

    void Run(IConvolutionPlan plan, in ConvolutionOperands operands)
    {
        using CudaScratch workspace = backend.Scratch(plan.WorkspaceBytes);
        plan.Run(operands, workspace.Pointer, backend.Device.Stream);
    }

    /// <summary>Whether some engine does it, where the choice among them waits for operands to time them with.</summary>
    bool HasEngine(ConvolutionKey key)
    {
        foreach (string engine in dnn.Engines(key))
        {
            using IConvolutionPlan? plan = dnn.Plan(key, engine);
            if (plan is not null)
                return true;
        }

        lock (gate)
            plans[key] = null;
        return false;
    }

    IConvolutionPlan? Plan(in ConvolutionKey key, ConvolutionOperands? operands)
    {
        lock (gate)
        {
            if (!plans.TryGetValue(key, out IConvolutionPlan? plan))
                plans.Add(key, plan = Choose(key, operands));
            return plan;
        }
    }

    IConvolutionPlan? Choose(in ConvolutionKey key, ConvolutionOperands? operands)
    {
        file ??= new CudaEngineFile(cache, backend.Device.Name, dnn.Version);
        string name = (backend.Options.Autotune ? "timed " : "") + key;
        if (file[name] is { } known && dnn.Plan(key, known) is { } kept)
            return kept;
        List<IConvolutionPlan> candidates = [];
        foreach (string engine in dnn.Engines(key))
        {
            if (dnn.Plan(key, engine) is not { } candidate)
                continue;
            candidates.Add(candidate);
            if (!backend.Options.Autotune || operands is null)
                break;
        }

        IConvolutionPlan? best = candidates.Count > 1 && operands is { } pointers
            ? candidates.MinBy(plan => Time(plan, pointers)) : candidates.FirstOrDefault();
        foreach (IConvolutionPlan candidate in candidates.Where(plan => plan != best))
            candidate.Dispose();
        if (best is not null)
            file[name] = best.Engine;
        return best;
    }

    /// <summary>Milliseconds of the fastest of some runs after a first; the results of all are the same.</summary>
    float Time(IConvolutionPlan plan, in ConvolutionOperands operands)
    {
        ICudaDriver driver = backend.Device.Driver;
        CudaEvent start = driver.CreateEvent(timing: true), end = driver.CreateEvent(timing: true);
        float best = float.MaxValue;
        for (int i = 0; i <= TimedRuns; i++)
        {
            driver.Record(start, backend.Device.Stream);
            Run(plan, operands);
            driver.Record(end, backend.Device.Stream);
            driver.Synchronize(end);
            if (i > 0)
                best = Math.Min(best, driver.ElapsedMilliseconds(start, end));
        }

        driver.DestroyEvent(start);
        driver.DestroyEvent(end);
        return best;
    }
}
