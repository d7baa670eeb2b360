using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Training.Checkpoints;

namespace AlignT2I.Training.Pretraining;

/// <summary>One of the three trainings from scratch: AdamW under a warm-up and cosine schedule, clipped gradients,
/// averaged weights, checkpoints.</summary>
internal abstract class PretrainingPhase : IDisposable
{
    const double MaxGradientNorm = 1, WeightDecay = 1e-2, WarmupShare = 0.03;

    readonly PhasePlan plan;
    readonly ParameterStore parameters;
    readonly AdamW optimizer;
    readonly LearningRateSchedule schedule;
    readonly Ema ema;
    readonly TrainingCheckpoint checkpoint;
    readonly ClippedUpdate clipped;
    readonly Tensor loss;
    readonly RecordedWork work;
    Philox random;

    protected PretrainingPhase(PhasePlan plan, PretrainOptions options, ParameterStore parameters)
    {
        int scheduleSteps = Math.Max(plan.ScheduleSteps, plan.Steps);
        Options = options;
        this.plan = plan;
        this.parameters = parameters;
        parameters.RequireGrad();
        optimizer = new AdamW(parameters.Parameters, weightDecay: WeightDecay);
        schedule = LearningRateSchedule.Cosine(totalSteps: scheduleSteps, warmUpSteps: (int)(WarmupShare * scheduleSteps));
        ema = new Ema(parameters.Parameters, options.EmaDecay, warmUp: true);
        checkpoint = new TrainingCheckpoint(parameters.Parameters, optimizer, ema);
        random = new Philox(options.Seed, plan.Stream);
        clipped = new ClippedUpdate(parameters, optimizer, MaxGradientNorm);
        loss = Tensor.Zeros([], DType.F32, Backend).Persist();
        work = Backend.Record(Update);
    }

    protected PretrainOptions Options { get; }

    /// <summary>Where the parameters are.</summary>
    protected Backend Backend => parameters.Backend;

    /// <summary>Trains to the last step, from the checkpoint if there is one, and leaves the averaged weights in the model.</summary>
    /// <exception cref="OperationCanceledException">Stopped; the checkpoint is written.</exception>
    /// <exception cref="UsageException">It diverged.</exception>
    public void Run(string checkpointPath, int checkpointSteps, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        long step = 0;
        if (File.Exists(checkpointPath))
        {
            (step, PhiloxState state, _) = checkpoint.Load(checkpointPath);
            random = new Philox(state);
        }

        while (step < plan.Steps)
        {
            if (cancellation.IsCancellationRequested)
            {
                checkpoint.Save(checkpointPath, step, random.State);
                cancellation.ThrowIfCancellationRequested();
            }

            double rate = plan.LearningRate * schedule.Multiplier(step);
            (double loss, double norm) = Step(rate);
            step++;
            progress?.Report(new StageProgress(plan.Stage, step, plan.Steps, "step", ("loss", loss), ("norm", norm), ("lr", rate)));
            if (step % checkpointSteps == 0 || step == plan.Steps)
                checkpoint.Save(checkpointPath, step, random.State);
        }

        parameters.RequireGrad(false);
        ema.Swap();
    }

    public virtual void Dispose()
    {
        foreach (IDisposable part in (ReadOnlySpan<IDisposable>)[work, clipped, loss, optimizer, ema])
            part.Dispose();
    }

    /// <summary>What the loss of one batch reads, where the parameters are; everything random comes from
    /// <paramref name="random"/>.</summary>
    protected abstract Tensor[] Batch(Philox random);

    /// <summary>The loss of one batch, a scalar; may be recorded.</summary>
    protected abstract Tensor Loss(Tensor[] batch);

    (double Loss, double Norm) Step(double rate)
    {
        using MemoryScope scope = MemoryScope.Open();
        optimizer.Prepare(rate, average: ema);
        work.Run(Batch(random));
        double norm = clipped.Norm;
        return double.IsFinite(norm)
            ? (loss.Item(), norm)
            : throw new UsageException(FormattableString.Invariant($"{plan.Stage} diverged: the gradient of a step is not finite; ")
                + FormattableString.Invariant($"choose a smaller learning rate than {plan.LearningRate}, and another folder."));
    }

    /// <summary>Forward, backward, clipping, AdamW and the average.</summary>
    void Update(Tensor[] batch)
    {
        using (Tape tape = Tape.Open())
        {
            Tensor value = Loss(batch);
            loss.CopyFrom(value.Detach());
            tape.Backward(value);
        }

        clipped.Apply();
        parameters.ClearGrad();
    }
}
