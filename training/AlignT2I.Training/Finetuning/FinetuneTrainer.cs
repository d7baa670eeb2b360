using System.Diagnostics;
using System.Globalization;
using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Schedulers;
using AlignT2I.Models.StableDiffusion;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Finetuning;

/// <summary>Updates a UNet by reward-weighted likelihood (Lee et al. 2023, eq. 4). Text encoder and VAE stay as they are: their outputs
/// are cached.</summary>
/// <remarks>
/// The same options and data give the same parameters bit for bit, in one go or in several: what a step draws depends on seed and step
/// alone,
/// and a checkpoint holds parameters, optimizer, average and loss scaler exactly.
/// </remarks>
public sealed class FinetuneTrainer : IDisposable
{
    readonly UNet2DCondition unet;
    readonly ParameterStore parameters;
    readonly Scheduler scheduler;
    readonly FinetuneData data;
    readonly FinetuneOptions options;
    readonly FinetunePlan plan;
    readonly AdamW optimizer;
    readonly Ema ema;
    readonly LearningRateSchedule schedule;
    readonly LossScaler? scaler;
    readonly Tensor lossScale, lossSum, squaredNorm;
    readonly Dictionary<(int Count, bool Last), FinetunePass> passes = [];

    /// <summary>Prepares a training; nothing is computed yet.</summary>
    /// <param name="unet">The network; it is trained in place.</param>
    /// <param name="parameters">Its parameters: of the type in the options, with masters where that is half.</param>
    /// <param name="scheduler">Its noise schedule.</param>
    /// <param name="data">The images.</param>
    /// <param name="options">How to train.</param>
    /// <exception cref="UsageException">An option is out of range, or the data lack what the mix needs.</exception>
    public FinetuneTrainer(UNet2DCondition unet, ParameterStore parameters, Scheduler scheduler, FinetuneData data, FinetuneOptions options)
    {
        options.Validate();
        data.Validate(options);
        (this.unet, this.parameters, this.scheduler, this.data, this.options) = (unet, parameters, scheduler, data, options);
        if (parameters.DType != options.ComputeType)
            throw new UsageException($"finetune: the UNet computes in {parameters.DType} and the dtype is {options.Dtype}; build it with that type.");
        scaler = parameters.DType == DType.F16 ? new LossScaler() : null;
        plan = new FinetunePlan(data, options, scheduler.Config.NumTrainTimesteps, parameters.Backend);
        optimizer = new AdamW(parameters.Parameters, weightDecay: options.WeightDecay);
        ema = new Ema(parameters.Parameters, options.EmaDecay);
        schedule = options.LearningRateDecay switch
        {
            LearningRateDecay.Linear => LearningRateSchedule.Linear(options.Steps, options.WarmupSteps),
            LearningRateDecay.Cosine => LearningRateSchedule.Cosine(options.Steps, options.WarmupSteps),
            _ => LearningRateSchedule.Constant(options.WarmupSteps),
        };
        lossScale = Tensor.Zeros([], DType.F32, parameters.Backend).Persist();
        lossSum = Tensor.Zeros([], DType.F32, parameters.Backend).Persist();
        squaredNorm = Tensor.Zeros([], DType.F64, parameters.Backend).Persist();
        parameters.RequireGrad();
        parameters.ZeroGrad();
    }

    /// <summary>The result: the averaged weights.</summary>
    public IReadOnlyList<Parameter> Averages => ema.Averages;

    /// <summary>Trains to the end, going on from the newest checkpoint in a folder where there is one.</summary>
    /// <param name="checkpoints">Folder of the checkpoints.</param>
    /// <param name="resume">Whether to go on from a checkpoint; otherwise older ones are removed.</param>
    /// <param name="log">Receives a line per interval; null for none.</param>
    /// <param name="progress">Told after every update.</param>
    /// <param name="cancellationToken">Ends the training after an update; a checkpoint is saved first.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; the state is saved.</exception>
    /// <exception cref="UsageException">The checkpoint was made with other options or data.</exception>
    /// <exception cref="FileFormatException">The checkpoint is damaged.</exception>
    /// <exception cref="StorageException">A checkpoint cannot be written.</exception>
    public FinetuneResult Run(
        string checkpoints, bool resume = false, JsonLinesWriter<LogLine>? log = null,
        IProgress<StageProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var files = new FinetuneCheckpoints(checkpoints, options, data, parameters, optimizer, ema, scaler);
        int start = resume ? files.LoadNewest() : files.Clear();
        List<double> losses = [];
        var watch = Stopwatch.StartNew();
        for (int step = start; step < options.Steps; step++)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                files.Save(step);
                throw new OperationCanceledException($"fine-tuning was interrupted after {step} of {options.Steps} steps; it goes on with resume.", cancellationToken);
            }
            (double loss, double norm, double learningRate) = Update(step);
            if (double.IsFinite(loss))
                losses.Add(loss);
            int done = step + 1;
            if (done % options.CheckpointSteps == 0 || done == options.Steps)
                files.Save(done);
            if (done % options.LogSteps == 0 || done == options.Steps)
                log?.Append(Line(done, watch.ElapsedMilliseconds, losses.TakeLast(options.LogSteps).DefaultIfEmpty(double.NaN).Average(), norm, learningRate));
            progress?.Report(new StageProgress("fine-tune", done, options.Steps, "step", [.. Values(loss, norm, learningRate)]));
        }
        return new FinetuneResult(options.Steps, start, losses, scaler?.SkippedSteps ?? 0);
    }

    /// <summary>Writes the averaged weights and the configuration as the UNet's folder of a diffusers model.</summary>
    /// <param name="folder">The folder, as in <c>finetuned/unet</c>.</param>
    /// <exception cref="StorageException">It cannot be written.</exception>
    public void Save(string folder)
    {
        RunFolder.Make(folder);
        ParameterFile.Save(
            Path.Combine(folder, "diffusion_pytorch_model.safetensors"), ema.Averages, metadata: new Dictionary<string, string> { ["format"] = "pt" });
        unet.Config.Write(Path.Combine(folder, "config.json"));
    }

    /// <summary>Frees optimizer and averages.</summary>
    public void Dispose()
    {
        foreach (FinetunePass pass in passes.Values)
            pass.Dispose();
        foreach (Tensor tensor in (ReadOnlySpan<Tensor>)[lossScale, lossSum, squaredNorm])
            tensor.Dispose();
        parameters.RequireGrad(false);
        optimizer.Dispose();
        ema.Dispose();
    }

    /// <summary>
    /// One update: gradients of all micro-batches, clipped, then AdamW and the average. In float16 it may be skipped. The work of each
    /// micro-batch is recorded, that of the last with the update in it.
    /// </summary>
    (double Loss, double Norm, double LearningRate) Update(int step)
    {
        double scale = scaler?.Scale ?? 1, learningRate = options.LearningRate * schedule.Multiplier(step);
        lossScale.Write<float>([(float)scale]);
        lossSum.Write<float>([0]);
        optimizer.Prepare(learningRate, 1 / scale, ema);
        for (int first = 0; first < plan.ImagesPerStep; first += options.MicroBatchSize)
        {
            using MemoryScope scope = MemoryScope.Open();
            int count = Math.Min(options.MicroBatchSize, plan.ImagesPerStep - first);
            FinetuneInputs batch = FinetuneInputs.Of(scheduler, plan.Batch(step, first, count));
            Pass(batch, count, last: first + count == plan.ImagesPerStep).Run(batch);
        }
        double loss = lossSum.Item(), norm = Math.Sqrt(squaredNorm.Item()) / scale;
        bool finite = double.IsFinite(loss) && double.IsFinite(norm);
        if (!finite)
            optimizer.Unprepare();
        if (!(scaler?.Update(finite) ?? finite))
        {
            throw new UsageException(FormattableString.Invariant(
                $"fine-tuning diverged at step {step + 1}: the loss is {loss}; choose a smaller learning rate than {options.LearningRate}."));
        }
        return (loss, norm, learningRate);
    }

    FinetunePass Pass(FinetuneInputs batch, int count, bool last)
    {
        if (!passes.TryGetValue((count, last), out FinetunePass? pass))
            passes.Add((count, last), pass = new FinetunePass(batch, last ? LastPass : AddGradients));
        return pass;
    }

    void LastPass(FinetuneInputs batch)
    {
        AddGradients(batch);
        squaredNorm.CopyFrom(GradientNorm.Squared(parameters.Parameters)!);
        optimizer.Apply(new GradientClip(squaredNorm, options.MaxGradientNorm));
        parameters.ZeroGrad();
    }

    void AddGradients(FinetuneInputs batch)
    {
        using Tape tape = Tape.Open();
        Tensor part = FinetuneLoss.Compute(unet, batch);
        tape.Backward(part, lossScale);
        lossSum.CopyFrom(F.Add(lossSum, part.Detach()));
    }

    LogLine Line(int step, long elapsedMs, double loss, double norm, double learningRate) => new(
        string.Create(CultureInfo.InvariantCulture, $"finetune {options.Mix}"), step, options.Steps, elapsedMs,
        Values(loss, norm, learningRate).Where(v => double.IsFinite(v.Value)).ToDictionary());      // JSON has no infinity

    IEnumerable<(string Name, double Value)> Values(double loss, double norm, double learningRate) =>
    [
        ("loss", loss), ("norm", norm), ("lr", learningRate),
        .. scaler is null ? [] : (ReadOnlySpan<(string, double)>)[("scale", scaler.Scale), ("skipped", scaler.SkippedSteps)],
    ];
}
