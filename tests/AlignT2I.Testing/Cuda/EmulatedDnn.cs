using AlignT2I.Native;

namespace AlignT2I.Testing;

/// <summary>Convolutions and attention of the emulated device, answered by the CPU backend's kernels.</summary>
/// <param name="driver">Where the work is queued.</param>
/// <param name="fusesBias">Whether convolutions with a bias are supported.</param>
/// <param name="fusesAttention">Whether attention is supported; without, the backend's own kernel must do it.</param>
internal sealed class EmulatedDnn(EmulatedDriver driver, bool fusesBias, bool fusesAttention) : ICudaDnn
{
    /// <summary>Two, so that there is a choice; they do the same.</summary>
    static readonly string[] engines = ["first", "second"];

    public Version Version => new(0, 0);

    public IReadOnlyList<string> Engines(in ConvolutionKey key)
    {
        driver.RequireContext("cudnnCreate");
        driver.RefuseCapture("cudnnBackendFinalize");
        bool filled = key.Images > 0 && key.Channels > 0 && key.Filters > 0 && key.OutputHeight > 0 && key.OutputWidth > 0;
        bool even = key.Top == key.Bottom && key.Left == key.Right;      // the library's engines take no other padding
        return filled && even && (!key.Bias || (fusesBias && key.Pass == ConvolutionPass.Forward)) ? engines : [];
    }

    public IConvolutionPlan? Plan(in ConvolutionKey key, string engine) =>
        Engines(key).Contains(engine) ? new EmulatedConvolution(driver, key, engine) : null;

    public IAttentionPlan? Plan(in AttentionKey key)
    {
        driver.RequireContext("cudnnCreate");
        driver.RefuseCapture("cudnnBackendFinalize");
        return fusesAttention && key.Type != NativeType.Float32 && key.HeadDim % 8 == 0 ? new EmulatedAttention(driver, key) : null;
    }

    public void Dispose()
    {
    }
}
