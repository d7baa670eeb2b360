using System.Globalization;
using AlignT2I.Engine;
using AlignT2I.Models.Schedulers;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Models.Parity;

/// <summary>Runs recordings of reward-weighted fine-tuning: losses and gradients of the first step, then the whole training run.</summary>
/// <remarks>
/// Eq. 4 of Lee et al. 2023: the mean of r_b * mse_b over model images plus beta times the mean of mse_b over pre-training images.
/// </remarks>
internal sealed class FinetuneParity
{
    readonly ParityRun run;
    readonly UNet2DCondition unet;
    readonly ParameterStore store;
    readonly DdpmScheduler schedule = new(new SchedulerConfig());

    FinetuneParity(ParityRun run, ParameterStore store)
    {
        this.run = run;
        this.store = store;
        unet = new UNet2DCondition(store.Root, UNet2DConditionConfig.Parse(run.Case.Settings["unet"].Json, run.Case.Path));
        store.RequireGrad();
    }

    public static void Run(ParityRun run)
    {
        using ParameterStore store = run.Parameters();
        new FinetuneParity(run, store).Train();
    }

    void Train()
    {
        double[][] initial = [.. store.Parameters.Select(p => ParityRun.FileValues(p, p.Value))];
        ParitySetting settings = run.Case.Settings;
        double[] betas = settings["betas"].Numbers(2), decays = [.. settings["ema"].Items.Select(decay => decay.Number)];
        using var adam = new AdamW(store.Parameters, betas[0], betas[1], settings["eps"].Number, settings["weight_decay"].Number);
        Ema[] averages = [.. decays.Select(d => new Ema(store.Parameters, d)), new Ema(store.Parameters, decays[0], warmUp: true)];
        var trajectory = new List<double>();
        int steps = settings["steps"].Count;
        for (int step = 0; step < steps; step++)
        {
            trajectory.AddRange(Accumulate(step));
            adam.Step(settings["lr"].Number);
            foreach (Ema average in averages)
                average.Update();
        }

        run.Check("output.loss_trajectory", [.. trajectory], ParityLimits.LossTrajectory);
        CheckDeltas(initial);
        CheckStatistics("delta_final_param_stat", store.Parameters, initial);
        for (int i = 0; i < decays.Length; i++)
            CheckStatistics($"delta_ema_{Text(decays[i])}_stat", averages[i].Averages, initial);
        CheckStatistics($"delta_litema_{Text(decays[0])}_stat", averages[^1].Averages, initial);
        foreach (Ema average in averages)
            average.Dispose();
    }

    /// <summary>Gradients of one step.</summary>
    /// <returns>Model loss, pre-training loss, total.</returns>
    double[] Accumulate(int step)
    {
        using MemoryScope scope = MemoryScope.Open();
        using Tape tape = Tape.Open();
        store.ClearGrad();
        Tensor model = Loss(step, "model", run.Row("input.rewards", step)), pretraining = Loss(step, "pretrain", null);
        Tensor loss = F.Add(model, F.Affine(pretraining, run.Case.Settings["beta"].Number));
        tape.Backward(loss);
        if (step == 0)
        {
            run.Check("output.loss_model", model, ParityLimits.LossTrajectory);
            run.Check("output.loss_pretrain", pretraining, ParityLimits.LossTrajectory);
            run.Check("output.loss", loss, ParityLimits.LossTrajectory);
            run.CheckGradients(store);
        }
        return [model.Item(), pretraining.Item(), loss.Item()];
    }

    Tensor Loss(int step, string kind, Tensor? rewards)
    {
        double[] timesteps = run.Case.Row($"input.{kind}_timesteps", step);
        Tensor noise = run.ImageRow($"input.{kind}_noise", step);
        Tensor noisy = schedule.AddNoise(run.ImageRow($"input.{kind}_latents", step), noise, Array.ConvertAll(timesteps, t => (int)t));
        Tensor prediction = unet.Call(noisy, run.Make(timesteps, [timesteps.Length]), run.Row($"input.{kind}_context", step));
        if (step == 0)
            CheckEachImage($"output.mse_{kind}", prediction, noise);
        return F.MseLoss(prediction, noise, rewards);
    }

    void CheckEachImage(string name, Tensor prediction, Tensor noise)
    {
        using Tape pause = Tape.Pause();
        Tensor difference = F.Sub(prediction, noise);
        int images = prediction.Shape[0];
        Tensor squares = F.Mul(difference, difference).Reshape([images, (int)prediction.Count / images]);
        run.Check(name, F.MeanLast(squares), ParityLimits.LossTrajectory);
    }

    void CheckDeltas(double[][] initial)
    {
        var found = new List<double>();
        var recorded = new List<double>();
        for (int p = 0; p < initial.Length; p++)
        {
            string name = "delta.final_param." + store.Parameters[p].Name;
            double[] delta = Delta(store.Parameters[p], initial[p]);
            run.Check(name, delta, ParityLimits.Delta);
            found.AddRange(delta);
            recorded.AddRange(run.Case.Values(name));
        }
        run.Add(ParityComparison.Of(
            "delta.final_param, all as one", [.. found], [.. recorded], ParityMeasure.RelativeL2, ParityLimits.DeltaAll));
    }

    void CheckStatistics(string table, IReadOnlyList<Parameter> parameters, double[][] initial)
    {
        var index = parameters.Select((p, i) => (p.Name, i)).ToDictionary();
        run.CheckStatistics(table, "stat_names", name => Delta(parameters[index[name]], initial[index[name]]),
            ParityLimits.DeltaStatistics, ParityLimits.DeltaRounding);
    }

    static string Text(double decay) => decay.ToString(CultureInfo.InvariantCulture);

    static double[] Delta(Parameter parameter, double[] initial)
    {
        double[] delta = ParityRun.FileValues(parameter, parameter.Value);
        for (int i = 0; i < delta.Length; i++)
            delta[i] -= initial[i];
        return delta;
    }
}
