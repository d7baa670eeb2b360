using AlignT2I.Engine;

namespace AlignT2I.Bench.Networks;

/// <summary>A pass of a network, recorded where the device can; reading its error waits for the device.</summary>
/// <remarks>The error is the mean squared distance to fixed normal numbers: one number that every entry of the output is in.</remarks>
/// <param name="name">The case.</param>
/// <param name="networks">Where and in what it computes.</param>
/// <param name="output">Shape of what the network gives.</param>
/// <param name="reference">
/// The error with synthetic weights in float64; of the largest networks in float32 without Winograd; 0 where none was taken.
/// </param>
internal abstract class NetworkCase(string name, BenchNetworks networks, Shape output, double reference) : BenchCase
{
    readonly Tensor target = networks.Normal(output, 9), error = networks.Full([], 0);
    RecordedWork? work;
    double? first;
    double last;

    public override string Name => name;

    public override string Dtype => networks.DType.ToString().ToLowerInvariant();

    public override long? PeakBytes => networks.Backend == Backend.Cpu ? null : networks.Backend.PeakBytes;

    public override IReadOnlyList<double> Compared => [last];

    /// <summary>Relative distance allowed to a reference: what the type's rounding does to single entries, in a mean over many.</summary>
    public static double Tolerance(DType dtype) => dtype switch
    {
        DType.F64 => 1e-9,
        DType.F32 => 1e-6,
        DType.F16 => 2e-4,
        _ => 3e-3,
    };

    /// <summary>What is timed.</summary>
    protected abstract Tensor Compute();

    public override void Run()
    {
        work ??= networks.Backend.Record(() =>
        {
            using Tape pause = Tape.Pause();
            Tensor y = Compute();
            error.CopyFrom(F.MseLoss(F.Cast(y, target.DType), target));
        });
        work.Run();
        last = error.Item();
        first ??= last;
    }

    /// <summary>The same as in the first run to the last bit, and the reference's where the weights are synthetic.</summary>
    public override bool Check() =>
        last == first && double.IsFinite(last)
        && (reference == 0 || networks.Weights is not null || Math.Abs(last / reference - 1) < Tolerance(networks.DType));

    public override void Dispose()
    {
        work?.Dispose();
        error.Dispose();
        target.Dispose();
        networks.Backend.Trim();
    }
}
