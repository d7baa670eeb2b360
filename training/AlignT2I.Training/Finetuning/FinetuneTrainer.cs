using System.Diagnostics;
using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Schedulers;
using AlignT2I.Models.StableDiffusion;
using AlignT2I.Training.Communicators;
using AlignT2I.Training.Events;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Finetuning;

/// <summary>Updates a UNet by reward-weighted likelihood (Lee et al. 2023, eq. 4). Text encoder and VAE stay as they are: their outputs
/// are cached.</summary>
/// <remarks>
/// The same options and data give the same parameters bit for bit, in one go or in several: what a step draws depends on seed and step
/// alone, and a checkpoint holds parameters, optimizer, average and loss scaler exactly. Nor does the number of ranks change a bit: the
/// passes of an update are dealt to them in turn, and their gradients are summed in the order of the passes.
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
    readonly Ema? ema;
    readonly LearningRateSchedule schedule;
    readonly LossScaler? scaler;
    readonly SkippedSteps skipped = new();
    readonly Tensor lossScale, lossSum;
    readonly ClippedUpdate clipped;
    readonly RecordedWork pass, lastPass, lastStep;
    readonly Communicator communicator;
    readonly FinetuneRanks? ranks;

    /// <summary>Prepares a training; nothing is computed yet.</summary>
    /// <param name="unet">The network; it is trained in place.</param>
    /// <param name="parameters">Its parameters: of the type in the options, with masters where that is half.</param>
    /// <param name="scheduler">Its noise schedule.</param>
    /// <param name="data">The images.</param>
    /// <param name="options">How to train.</param>
    /// <param name="communicator">The ranks that train together; null for this process alone.</param>
    /// <exception cref="UsageException">An option is out of range, the data lack what the mix needs, or there are more ranks than
    /// passes.</exception>
    public FinetuneTrainer(
        UNet2DCondition unet, ParameterStore parameters, Scheduler scheduler, FinetuneData data, FinetuneOptions options,
        Communicator? communicator = null)
    {
        options.Validate();
        data.Validate(options);
        (this.unet, this.parameters, this.scheduler, this.data, this.options) = (unet, parameters, scheduler, data, options);
        if (parameters.DType != options.ComputeType)
            throw new UsageException(
                $"finetune: the UNet computes in {parameters.DType} and the dtype is {options.Dtype}; build it with that type.");
        if (options.MinTimestep >= scheduler.Config.NumTrainTimesteps)
            throw new UsageException(FormattableString.Invariant(
                $"finetune: the smallest timestep is {options.MinTimestep}; ")
                + FormattableString.Invariant($"expected less than the model's {scheduler.Config.NumTrainTimesteps}."));
        scaler = parameters.DType == DType.F16 ? new LossScaler() : null;
        plan = new FinetunePlan(data, options, scheduler, parameters.Backend);
        optimizer = new AdamW(parameters.Parameters, weightDecay: options.WeightDecay);
        ema = options.EmaDecay > 0 ? new Ema(parameters.Parameters, options.EmaDecay) : null;
        schedule = options.LearningRateDecay switch
        {
            LearningRateDecay.Linear => LearningRateSchedule.Linear(options.Steps, options.WarmupSteps),
            LearningRateDecay.Cosine => LearningRateSchedule.Cosine(options.Steps, options.WarmupSteps),
            _ => LearningRateSchedule.Constant(options.WarmupSteps),
        };
        lossScale = Tensor.Zeros([], DType.F32, parameters.Backend).Persist();
        lossSum = Tensor.Zeros([], DType.F32, parameters.Backend).Persist();
        clipped = new ClippedUpdate(parameters, optimizer, options.MaxGradientNorm);
        unet.GradientCheckpointing = options.GradientCheckpointing;
        parameters.RequireGrad();
        parameters.ZeroGrad();
        this.communicator = communicator ?? Communicator.Single;
        if (this.communicator.Size > 1)
            ranks = new FinetuneRanks(this.communicator, parameters, plan.ImagesPerStep, options.MicroBatchSize);
        pass = parameters.Backend.Record(batch => AddGradients(new FinetuneInputs(batch)));
        lastStep = parameters.Backend.Record(ClipAndStep);
        lastPass = parameters.Backend.Record(batch =>
        {
            AddGradients(new FinetuneInputs(batch));
            ClipAndStep();      // the gradients of the update are complete here, and not clipped yet
        });
    }

    /// <summary>The result: the averaged weights, or the last ones where there is no average.</summary>
    public IReadOnlyList<Parameter> Averages => ema?.Averages ?? parameters.Parameters;

    /// <summary>Trains to the end, going on from the newest checkpoint in a folder where there is one.</summary>
    /// <param name="checkpoints">Folder of the checkpoints.</param>
    /// <param name="resume">Whether to go on from a checkpoint; otherwise older ones are removed.</param>
    /// <param name="log">Receives a line per interval; null for none.</param>
    /// <param name="progress">Told after every update.</param>
    /// <param name="eventsFolder">Folder of event files; null for none.</param>
    /// <param name="validation">Draws pictures into the event files; null for none.</param>
    /// <param name="cancellationToken">Ends the training after an update; a checkpoint is saved first.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; the state is saved.</exception>
    /// <exception cref="UsageException">The checkpoint was made with other options or data.</exception>
    /// <exception cref="FileFormatException">The checkpoint is damaged.</exception>
    /// <exception cref="StorageException">A checkpoint cannot be written.</exception>
    /// <exception cref="RankLostException">Another rank ended or does not answer; the first rank has saved the state.</exception>
    public FinetuneResult Run(
        string checkpoints, bool resume = false, JsonLinesWriter<LogLine>? log = null,
        IProgress<StageProgress>? progress = null, string? eventsFolder = null, ValidationSampler? validation = null,
        CancellationToken cancellationToken = default)
    {
        var files = new FinetuneCheckpoints(checkpoints, options, data, parameters, optimizer, ema, scaler, skipped);
        int start = resume ? files.LoadNewest() : communicator.IsFirst ? files.Clear() : 0;
        communicator.Agree("options", options.Fingerprint);
        communicator.Agree("data", data.Fingerprint());
        communicator.Agree("checkpoint", $"step {start}");
        List<double> losses = [];
        using EventFileWriter? events = eventsFolder is null ? null : EventFileWriter.Create(eventsFolder, start);
        var metrics = new FinetuneMetrics(options, log, events, progress);
        for (int step = start; step < options.Steps; step++)
        {
            if (ranks?.Interrupted ?? cancellationToken.IsCancellationRequested)
            {
                Save(files, step);
                communicator.Finish();
                throw new OperationCanceledException(
                    $"fine-tuning was interrupted after {step} of {options.Steps} steps; it goes on with resume.", cancellationToken);
            }
            FinetuneUpdate update = UpdateOrSave(step, files, cancellationToken);
            if (double.IsFinite(update.Loss))
                losses.Add(update.Loss);
            int done = step + 1;
            if (done % options.CheckpointSteps == 0 || done == options.Steps)
                Save(files, done);
            metrics.Add(done, update);
            if (events is not null && validation is not null && (done % options.ValidationSteps == 0 || done == options.Steps))
                Validate(done, validation, events, ranks is null ? cancellationToken : default);      // ranks stop together
        }
        return new FinetuneResult(options.Steps, start, losses, skipped.Total);
    }

    /// <summary>Writes the averaged weights and the configuration as the UNet's folder of a diffusers model.</summary>
    /// <param name="folder">The folder, as in <c>finetuned/unet</c>.</param>
    /// <exception cref="StorageException">It cannot be written.</exception>
    public void Save(string folder)
    {
        RunFolder.Make(folder);
        ParameterFile.Save(
            Path.Combine(folder, ModelFolder.Weights), Averages, metadata: new Dictionary<string, string> { ["format"] = "pt" });
        unet.Config.Write(Path.Combine(folder, "config.json"));
    }

    /// <summary>Frees optimizer and averages.</summary>
    public void Dispose()
    {
        ranks?.Dispose();
        foreach (IDisposable work in (ReadOnlySpan<IDisposable>)[pass, lastPass, lastStep, clipped, lossScale, lossSum])
            work.Dispose();
        parameters.RequireGrad(false);
        optimizer.Dispose();
        ema?.Dispose();
    }

    /// <summary>
    /// One update: gradients of all micro-batches, clipped, then AdamW and the average. Where the gradients are not finite it changes
    /// nothing.
    /// The work of each micro-batch is recorded, that of the last with the update in it; on several ranks the update is apart.
    /// </summary>
    internal FinetuneUpdate Update(int step, CancellationToken cancellationToken = default)
    {
        var watch = Stopwatch.StartNew();
        double scale = scaler?.Scale ?? 1, learningRate = options.LearningRate * schedule.Multiplier(step);
        lossScale.Write<float>([(float)scale]);
        lossSum.Write<float>([0]);
        optimizer.Prepare(learningRate, 1 / scale, ema);
        if (ranks is null)
            RunPasses(step);
        else
            SharePasses(ranks, step, cancellationToken);
        double loss = lossSum.Item(), norm = clipped.Norm / scale;
        bool finite = double.IsFinite(norm);
        if (!finite)
            optimizer.Unprepare();
        skipped.Count(finite);
        if (scaler?.Update(finite) == false || skipped.InARow > options.MaxSkippedSteps)
        {
            throw new UsageException(
                FormattableString.Invariant($"fine-tuning diverged at step {step + 1}: ")
                + FormattableString.Invariant($"the gradients of {skipped.InARow} steps in a row are not finite, ")
                + FormattableString.Invariant($"the last loss is {loss}; ")
                + FormattableString.Invariant($"choose a smaller learning rate than {options.LearningRate}, ")
                + "and go on from the newest checkpoint.");
        }
        return new FinetuneUpdate(
            loss, plan.Reward(step), norm, learningRate, plan.ImagesPerStep, watch.Elapsed.TotalMilliseconds, skipped.Total,
            scaler?.Scale);
    }

    /// <summary>Draws with the averaged weights; they and the weights in training change places twice, bit for bit.</summary>
    void Validate(int step, ValidationSampler validation, EventFileWriter events, CancellationToken cancellationToken)
    {
        ema?.Swap();
        try
        {
            validation.Draw(step, events, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The training ends before its next update, when the state is saved; the pictures are left out.
        }
        finally
        {
            ema?.Swap();
        }
    }

    void RunPasses(int step)
    {
        for (int first = 0; first < plan.ImagesPerStep; first += options.MicroBatchSize)
        {
            using MemoryScope scope = MemoryScope.Open();
            int count = Math.Min(options.MicroBatchSize, plan.ImagesPerStep - first);
            (first + count == plan.ImagesPerStep ? lastPass : pass).Run(Inputs(step, first, count));
        }
    }

    /// <summary>The passes of this rank, and the sums over those of all. Where a rank is lost the state stays that before the
    /// update.</summary>
    void SharePasses(FinetuneRanks all, int step, CancellationToken cancellationToken)
    {
        using MemoryScope scope = MemoryScope.Open();
        try
        {
            lossSum.Write<float>([all.Run((first, count) => LossOf(step, first, count), cancellationToken)]);
        }
        catch (RankLostException)
        {
            optimizer.Unprepare();
            throw;
        }
        lastStep.Run();
    }

    /// <summary>The gradients of one pass, and its loss.</summary>
    float LossOf(int step, int first, int count)
    {
        lossSum.Write<float>([0]);
        pass.Run(Inputs(step, first, count));
        return (float)lossSum.Item();
    }

    /// <summary>An update; where a rank is lost in it, the first one saves the state before it.</summary>
    FinetuneUpdate UpdateOrSave(int step, FinetuneCheckpoints files, CancellationToken cancellationToken)
    {
        try
        {
            return Update(step, cancellationToken);
        }
        catch (RankLostException e)
        {
            Save(files, step);
            string saved = communicator.IsFirst ? "is saved" : "is rank 0's to save";
            throw new RankLostException(
                $"{e.Message} The state after {step} of {options.Steps} steps {saved}; "
                + "go on with resume, on as many ranks as there are.");
        }
    }

    /// <summary>The state is the same on all ranks; the first writes it.</summary>
    void Save(FinetuneCheckpoints files, int step)
    {
        if (communicator.IsFirst)
            files.Save(step);
    }

    Tensor[] Inputs(int step, int first, int count) => FinetuneInputs.Of(scheduler, plan.Batch(step, first, count)).Tensors;

    void ClipAndStep()
    {
        clipped.Apply();
        parameters.ZeroGrad();
    }

    void AddGradients(FinetuneInputs batch)
    {
        if (ranks is null)
            Backward(batch, null);
        else
            ranks.Backward(gradientAdded => Backward(batch, gradientAdded));
    }

    void Backward(FinetuneInputs batch, Action<Tensor>? gradientAdded)
    {
        using Tape tape = Tape.Open();
        tape.GradientAdded = gradientAdded;
        Tensor part = FinetuneLoss.Compute(unet, batch);
        tape.Backward(part, lossScale);
        lossSum.CopyFrom(F.Add(lossSum, part.Detach()));
    }
}
