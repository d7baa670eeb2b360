using AlignT2I.Engine;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Bench.StableDiffusion;

/// <summary>A fine-tuning step of the UNet on cached latents: forward, reward-weighted loss, backward, clipping, AdamW.</summary>
internal sealed class UNetTraining : NetworkCase
{
    readonly int batch;
    readonly Tensor sample, noise, states, timesteps, rewards, lossScale, squaredNorm;
    readonly ParameterStore parameters;
    readonly UNet2DCondition unet;
    readonly AdamW optimizer;
    readonly RecordedWork work;
    double norm;

    public UNetTraining(BenchNetworks networks, int batch) : base(networks)
    {
        this.batch = batch;
        UNet2DConditionConfig config = networks.UNetConfig;
        parameters = networks.TrainedStore();
        unet = new UNet2DCondition(parameters.Root, config);
        optimizer = new AdamW(parameters.Parameters);
        Shape latents = [batch, UNetForward.Side, UNetForward.Side, config.InChannels];
        (sample, noise) = (networks.Normal(latents, 1), networks.Normal(latents, 2));
        states = networks.Normal([batch, UNetForward.Tokens, config.CrossAttentionDim], 3);
        (timesteps, rewards, lossScale) = (networks.Full([batch], 500), networks.Full([batch], 0.5), networks.Full([], 1));
        squaredNorm = Tensor.Zeros([], DType.F64, networks.Backend).Persist();
        parameters.RequireGrad();
        parameters.ZeroGrad();
        work = networks.Backend.Record(() =>
        {
            Compute();
            squaredNorm.CopyFrom(GradientNorm.Squared(parameters.Parameters)!);
            optimizer.Apply(new GradientClip(squaredNorm, 1));
            parameters.ZeroGrad();
        });
    }

    public override string Name => $"unet_train_64x64_b{batch}";

    public override string Mode => "train";

    public override int Batch => batch;

    public override double Gflop =>
        3 * batch * new UNetWork(Networks.UNetConfig, UNetForward.Tokens).Gflop(UNetForward.Side, UNetForward.Side);

    public override void Run()
    {
        optimizer.Prepare(1e-5);
        work.Run();
        norm = Math.Sqrt(squaredNorm.Item());
    }

    /// <summary>The gradients are numbers; the weights change from run to run.</summary>
    public override bool Check() => norm is > 0 and < double.PositiveInfinity;

    protected override Tensor Compute()
    {
        using Tape tape = Tape.Open();
        Tensor loss = F.MseLoss(unet.Call(sample, timesteps, states), noise, rewards);
        tape.Backward(loss, lossScale);
        return loss;
    }

    public override void Dispose()
    {
        base.Dispose();
        work.Dispose();
        optimizer.Dispose();
        foreach (Tensor tensor in (ReadOnlySpan<Tensor>)[sample, noise, states, timesteps, rewards, lossScale, squaredNorm])
            tensor.Dispose();
        parameters.ClearGrad();
    }
}
