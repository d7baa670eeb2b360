using static AlignT2I.Native.CudnnApi;
using static AlignT2I.Native.CudnnStatus;
using static AlignT2I.Native.CudnnValues;

namespace AlignT2I.Native;

/// <summary>cuDNN itself, through its graph API.</summary>
public sealed class NativeCudnn : ICudaDnn
{
    nint handle;
    nint stream;

    /// <summary>Finds the library.</summary>
    /// <exception cref="CudaUnavailableException">It is not on this machine.</exception>
    public NativeCudnn()
    {
        LibraryLoader.Load(SharedLibraries.Cudnn);
        int version = (int)cudnnGetVersion(), major = version >= 90000 ? 10000 : 1000;      // 8902 is 8.9.2, 90100 is 9.1.0
        Version = new Version(version / major, version % major / 100, version % 100);
    }

    /// <inheritdoc/>
    public Version Version { get; }

    internal nint Handle
    {
        get
        {
            if (handle == 0)
                Check(cudnnCreate(out handle));
            return handle;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Engines(in ConvolutionKey key)
    {
        using CudnnConvolutionGraph graph = new(Handle, key);
        return graph.Finished is null ? [] : CudnnEngine.Find(graph.Finished, UnwantedNotes(key));
    }

    /// <inheritdoc/>
    public IConvolutionPlan? Plan(in ConvolutionKey key, string engine)
    {
        CudnnConvolutionGraph graph = new(Handle, key);
        if (graph.Finished is not null && CudnnPlan.Make(this, graph.Graph, graph.Finished, engine) is { } plan)
            return new CudnnConvolution(graph, plan, engine);
        graph.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public IAttentionPlan? Plan(in AttentionKey key) => CudnnAttention.Supports(key, Version) ? CudnnAttention.Make(this, key) : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (handle != 0)
            cudnnDestroy(handle);
        handle = 0;
    }

    internal void UseStream(CudaStream next)
    {
        if (stream == next.Handle)
            return;
        Check(cudnnSetStream(Handle, next.Handle));
        stream = next.Handle;
    }

    /// <summary>What engines must not do: add in less than float32, differ from run to run, round float32 unless allowed.</summary>
    static int[] UnwantedNotes(in ConvolutionKey key)
    {
        List<int> notes = [CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION];
        if (!key.Nondeterministic)
            notes.Add(CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC);
        if (key.Type == NativeType.Float32 && !key.TensorFloat32)
            notes.AddRange([CUDNN_NUMERICAL_NOTE_TENSOR_CORE, CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS]);
        return [.. notes];
    }
}
