using AlignT2I.Engine;
using AlignT2I.Files;

namespace AlignT2I.Models.Parity;

/// <summary>Runs recorded reference cases through the engine.</summary>
/// <remarks>
/// A component is one line in the table below: the recording's <c>component</c>, and a static method over a <see cref="ParityRun"/> that
/// builds the model from <c>run.Case.Config</c> and <c>run.Parameters()</c>, feeds it <c>run.Tensor("input.X")</c> or
/// <c>run.Image("input.X")</c>, and calls <c>run.Check</c> on every recorded result with a limit of <see cref="ParityLimits"/>
/// (<c>run.CheckGradients</c> for all parameter gradients). It runs in a memory scope of its own. One file each: <c>XParity.cs</c>.
/// </remarks>
public static class ParityComponents
{
    static readonly Dictionary<string, Action<ParityRun>> runners = new()
    {
        ["clip-preprocess"] = ClipPreprocessParity.Run,
        ["clip-text"] = ClipParity.RunText,
        ["clip-vision"] = ClipParity.RunVision,
        ["fid"] = FrechetParity.Run,
        ["finetune"] = FinetuneParity.Run,
        ["inception"] = InceptionParity.Run,
        ["metrics"] = MetricsParity.Run,
        ["optim"] = OptimizerParity.Run,
        ["pipeline"] = PipelineParity.Run,
        ["reward"] = RewardParity.Run,
        ["rng"] = RandomParity.Run,
        ["scheduler"] = SchedulerParity.Run,
        ["synth"] = SyntheticParity.Run,
        ["unet"] = UNetParity.Run,
        ["vae"] = VaeParity.Run,
    };

    /// <summary>
    /// Networks: they compute in 16 bits too. The rest is float32 or float64 whatever networks compute in, or trains, which diverges.
    /// </summary>
    static readonly HashSet<string> networks = ["clip-text", "clip-vision", "inception", "pipeline", "unet", "vae"];

    /// <summary>The components that can be run.</summary>
    public static IEnumerable<string> Names => runners.Keys;

    /// <summary>Runs one case.</summary>
    /// <param name="path">The recording.</param>
    /// <param name="backend">What computes.</param>
    /// <param name="dtype">The type to compute in.</param>
    /// <exception cref="UsageException">
    /// There is no such file, or nothing here runs the recording's component, or not in that type.
    /// </exception>
    /// <exception cref="FileFormatException">The file is not a recorded case.</exception>
    public static ParityReport Run(string path, Backend backend, DType dtype)
    {
        using ParityCase recorded = ParityCase.Read(path);
        if (!runners.TryGetValue(recorded.Component, out Action<ParityRun>? runner))
            throw new UsageException(
                $"{path}: component '{recorded.Component}' cannot be run; those that can are {string.Join(", ", Names)}.");
        if (dtype.IsHalf && !networks.Contains(recorded.Component))
        {
            throw new UsageException(
                $"{path}: component '{recorded.Component}' is not computed in 16 bits; "
                + $"those that are: {string.Join(", ", networks)}. Use float32.");
        }

        var run = new ParityRun(recorded, backend, dtype);
        using MemoryScope scope = MemoryScope.Open();
        try
        {
            runner(run);
        }
        catch (ShapeException e)
        {
            throw new FileFormatException(path, $"a tensor of the case does not fit its component: {e.Message}", e);
        }
        return new ParityReport(path, recorded.Component, recorded.Name, run.Finish());
    }
}
