using AlignT2I.Engine;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Bench.Networks;

/// <summary>Training a UNet on one batch again and again, as the peer's program does: forward, mean squared error, backward.</summary>
internal sealed class UNetTraining : BenchCase
{
    const double LearningRate = 1e-4;

    readonly BenchNetworks networks;
    readonly UNetSize size;
    readonly int side;
    readonly Tensor sample, noise, states, timesteps, one, loss, squaredNorm;
    readonly ParameterStore parameters;
    readonly UNet2DCondition unet;
    readonly AdamW? optimizer;
    readonly RecordedWork work;
    readonly (double Loss, double Norm) reference;
    (double Loss, double Norm)? first;
    double last;

    /// <param name="name">The case.</param>
    /// <param name="networks">Where and in what it computes.</param>
    /// <param name="size">The network.</param>
    /// <param name="side">Height and width of the latents.</param>
    /// <param name="batch">Images.</param>
    /// <param name="optimizes">Whether a run ends with clipping and AdamW; otherwise with the gradients.</param>
    /// <param name="reference">Loss and norm of the gradient of the first run, computed another way; 0 where none was taken.</param>
    public UNetTraining(
        string name, BenchNetworks networks, UNetSize size, int side, int batch, bool optimizes,
        (double Loss, double Norm) reference = default)
    {
        (Name, this.networks, this.size, this.side, Batch, this.reference) = (name, networks, size, side, batch, reference);
        parameters = networks.Synthetic(trained: true);
        unet = new UNet2DCondition(parameters.Root, size.Config);
        optimizer = optimizes ? new AdamW(parameters.Parameters) : null;
        Shape latents = [batch, side, side, size.Config.InChannels];
        (sample, noise) = (networks.Normal(latents, 1), networks.Normal(latents, 2));
        states = networks.Normal([batch, size.Tokens, size.Config.CrossAttentionDim], 3);
        (timesteps, one, loss) = (networks.Full([batch], 500), networks.Full([], 1), networks.Full([], 0));
        squaredNorm = Tensor.Zeros([], DType.F64, networks.Backend).Persist();
        parameters.RequireGrad();
        parameters.ZeroGrad();
        work = networks.Backend.Record(Work);
    }

    public override string Name { get; }

    public override string Dtype => networks.DType.ToString().ToLowerInvariant();

    public override string Mode => "train";

    public override int Batch { get; }

    public override double Gflop => 3 * Batch * new UNetWork(size.Config, size.Tokens).Gflop(side, side);

    public override long? PeakBytes => networks.Backend == Backend.Cpu ? null : networks.Backend.PeakBytes;

    /// <summary>Loss and norm of the gradient of the first run.</summary>
    public override IReadOnlyList<double> Compared => [first!.Value.Loss, first.Value.Norm];

    public override BenchCase Skeleton() =>
        new UNetTraining(Name, networks, size.Skeleton, 1 << (size.Config.Levels - 1), batch: 1, optimizer is not null);

    public override void Run()
    {
        optimizer?.Prepare(LearningRate);
        work.Run();
        last = loss.Item();
        first ??= (last, Math.Sqrt((optimizer is null ? GradientNorm.Squared(parameters.Parameters)! : squaredNorm).Item()));
    }

    /// <summary>Loss and gradient of the first run are the reference's; then the loss stays, or falls where weights change.</summary>
    public override bool Check() => first is { } f
        && Near(f.Loss, reference.Loss) && Near(f.Norm, reference.Norm)
        && (optimizer is null ? last == f.Loss : last < f.Loss);

    public override void Dispose()
    {
        work.Dispose();
        optimizer?.Dispose();
        foreach (Tensor tensor in (ReadOnlySpan<Tensor>)[sample, noise, states, timesteps, one, loss, squaredNorm])
            tensor.Dispose();
        parameters.ClearGrad();
        parameters.Dispose();
        networks.Backend.Trim();
    }

    void Work()
    {
        parameters.ZeroGrad();
        using Tape tape = Tape.Open();
        Tensor error = F.MseLoss(F.Cast(unet.Call(sample, timesteps, states), noise.DType), noise);
        tape.Backward(error, one);
        loss.CopyFrom(error);
        if (optimizer is not null)
        {
            squaredNorm.CopyFrom(GradientNorm.Squared(parameters.Parameters)!);
            optimizer.Apply(new GradientClip(squaredNorm, 1));
        }
    }

    bool Near(double value, double expected) =>
        double.IsFinite(value) && (expected == 0 || Math.Abs(value / expected - 1) < NetworkCase.Tolerance(networks.DType));
}
