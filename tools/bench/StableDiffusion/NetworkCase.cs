using AlignT2I.Engine;

namespace AlignT2I.Bench.StableDiffusion;

/// <summary>Work of networks on a device, recorded where it can be; reading its mean square waits for the device.</summary>
/// <param name="networks">Where the networks are.</param>
internal abstract class NetworkCase(BenchNetworks networks) : BenchCase
{
    readonly Tensor meanSquare = networks.Full([], 0);
    RecordedWork? work;
    double? first;
    double last;

    public override string Dtype => networks.DType.ToString().ToLowerInvariant();

    public override long? PeakBytes => networks.Backend == Backend.Cpu ? null : networks.Backend.PeakBytes;

    protected BenchNetworks Networks => networks;

    /// <summary>What is timed.</summary>
    protected abstract Tensor Compute();

    public override void Run()
    {
        work ??= networks.Backend.Record(() =>
        {
            using Tape pause = Tape.Pause();
            Tensor y = Compute();
            meanSquare.CopyFrom(F.MseLoss(y, F.Affine(y, 0)));
        });
        work.Run();
        last = meanSquare.Item();
        first ??= last;
    }

    /// <summary>The same as in the first run to the last bit; and of the size that these weights keep activations at.</summary>
    public override bool Check() => last == first && Math.Sqrt(last) is > 0.01 and < 100;

    public override void Dispose()
    {
        work?.Dispose();
        meanSquare.Dispose();
    }
}
