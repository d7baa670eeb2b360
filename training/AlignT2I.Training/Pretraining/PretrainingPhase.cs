using AlignT2I.Engine;
using AlignT2I.Training.Checkpoints;

namespace AlignT2I.Training.Pretraining;

/// <summary>One of the three trainings from scratch: AdamW under a warm-up and cosine schedule, clipped gradients, averaged weights, checkpoints.</summary>
internal abstract class PretrainingPhase : IDisposable
{
    const double MaxGradientNorm = 1, WeightDecay = 1e-2, WarmupShare = 0.03;

    readonly string stage;
    readonly int steps;
    readonly double learningRate;
    readonly ParameterStore parameters;
    readonly AdamW optimizer;
    readonly LearningRateSchedule schedule;
    readonly Ema ema;
    readonly TrainingCheckpoint checkpoint;
    Philox random;

    protected PretrainingPhase(
        string stage, int steps, double learningRate, PretrainOptions options, ParameterStore parameters, ulong stream, int scheduleSteps = 0)
    {
        scheduleSteps = Math.Max(scheduleSteps, steps);
        Options = options;
        this.stage = stage;
        this.steps = steps;
        this.parameters = parameters;
        parameters.RequireGrad();
        optimizer = new AdamW(parameters.Parameters, weightDecay: WeightDecay);
        this.learningRate = learningRate;
        schedule = LearningRateSchedule.Cosine(totalSteps: scheduleSteps, warmUpSteps: (int)(WarmupShare * scheduleSteps));
        ema = new Ema(parameters.Parameters, options.EmaDecay, warmUp: true);
        checkpoint = new TrainingCheckpoint(parameters.Parameters, optimizer, ema);
        random = new Philox(options.Seed, stream);
    }

    protected PretrainOptions Options { get; }

    /// <summary>Where the parameters are.</summary>
    protected Backend Backend => parameters.Backend;

    /// <summary>Trains to the last step, from the checkpoint if there is one, and leaves the averaged weights in the model.</summary>
    /// <exception cref="OperationCanceledException">Stopped; the checkpoint is written.</exception>
    public void Run(string checkpointPath, int checkpointSteps, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        long step = 0;
        if (File.Exists(checkpointPath))
        {
            (step, PhiloxState state, _) = checkpoint.Load(checkpointPath);
            random = new Philox(state);
        }

        while (step < steps)
        {
            if (cancellation.IsCancellationRequested)
            {
                checkpoint.Save(checkpointPath, step, random.State);
                cancellation.ThrowIfCancellationRequested();
            }

            double rate = learningRate * schedule.Multiplier(step);
            (double loss, double norm) = Step(rate);
            step++;
            progress?.Report(new StageProgress(stage, step, steps, "step", ("loss", loss), ("norm", norm), ("lr", rate)));
            if (step % checkpointSteps == 0 || step == steps)
                checkpoint.Save(checkpointPath, step, random.State);
        }

        parameters.RequireGrad(false);
        ema.Swap();
    }

    public virtual void Dispose()
    {
        optimizer.Dispose();
        ema.Dispose();
    }

    /// <summary>The loss of one batch, a scalar; everything random comes from <paramref name="random"/>.</summary>
    protected abstract Tensor Loss(Philox random);

    (double Loss, double Norm) Step(double rate)
    {
        using MemoryScope scope = MemoryScope.Open();
        double value;
        using (Tape tape = Tape.Open())
        {
            Tensor loss = Loss(random);
            value = loss.Item();
            tape.Backward(loss);
        }

        double norm = GradientNorm.Of(parameters.Parameters);
        if (!double.IsFinite(norm))
            throw new InvalidOperationException($"{stage}: the gradient is not finite; lower the learning rate.");
        optimizer.Step(rate, GradientNorm.Coefficient(norm, MaxGradientNorm));
        parameters.ClearGrad();
        ema.Update();
        return (value, norm);
    }
}
