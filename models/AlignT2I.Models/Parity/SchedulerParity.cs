using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Schedulers;

namespace AlignT2I.Models.Parity;

/// <summary>Runs recordings of noise schedules and of samplers under an analytic model of the noise.</summary>
internal static class SchedulerParity
{
    public static void Run(ParityRun run)
    {
        var config = SchedulerConfig.Parse(run.Case.Config.GetRawText(), run.Case.Path);
        ParitySetting settings = run.Case.Settings;
        if (settings.Has("scheduler"))
            CheckTrajectory(run, Make(settings["scheduler"].Text, config, run.Case.Path), settings["num_inference_steps"].Count);
        else
            CheckSchedule(run, new DdpmScheduler(config));
    }

    /// <summary>The sampler of a recording's name: of <see cref="Sampler.All"/>, also with the eta or the spacing behind.</summary>
    static Scheduler Make(string name, SchedulerConfig config, string path)
    {
        string[] ends = ["-eta0", "-eta1", "-" + config.TimestepSpacing];
        string end = ends.FirstOrDefault(e => name.EndsWith(e, StringComparison.Ordinal), ""), own = name[..^end.Length];
        Sampler sampler = own == "plms" ? Sampler.Named("pndm") : Sampler.All.FirstOrDefault(s => s.Name == own)
            ?? throw new UsageException($"{path}: there is no sampler '{name}'; those that can be run are "
                + $"{string.Join(", ", Sampler.All.Select(s => s.Name))}, ddim-eta1 and plms.");
        return Scheduler.Create(sampler.Apply(config), eta: end == "-eta1" ? 1 : 0);
    }

    static void CheckSchedule(ParityRun run, Scheduler scheduler)
    {
        double limit = run.DType == DType.F64 ? ParityLimits.SchedulerFloat64 : ParityLimits.SchedulerFloat32;
        double[] alphas = [.. scheduler.AlphasCumprod];
        run.Check("output.betas_f64", [.. scheduler.BetaSchedule], ParityLimits.SchedulerFloat64);
        run.Check("output.alphas_cumprod_f64", alphas, ParityLimits.SchedulerFloat64);
        run.Check("output.alphas_cumprod_f32_torch", alphas, ParityLimits.SchedulerFloat32);
        run.Check("output.sigmas_f64", [.. alphas.Select(a => Math.Sqrt((1 - a) / a))], ParityLimits.SchedulerFloat64);
        int[] timesteps = Array.ConvertAll(run.Case.Values("input.timesteps"), t => (int)t);
        run.Check("output.add_noise_f64", scheduler.AddNoise(run.Tensor("input.x0"), run.Tensor("input.noise"), timesteps), limit);
    }

    static void CheckTrajectory(ParityRun run, Scheduler scheduler, int steps)
    {
        double limit = run.DType == DType.F64 ? ParityLimits.SchedulerFloat64 : ParityLimits.SchedulerFloat32;
        scheduler.SetTimesteps(steps);
        run.Check("output.timesteps", [.. scheduler.Timesteps], ParityLimits.SchedulerFloat64);
        if (scheduler is SigmaScheduler counted)
            run.Check("output.sigmas", [.. counted.Sigmas], ParityLimits.SchedulerFloat64);
        Tensor sample = F.Affine(run.Tensor("input.x_T"), scheduler.InitNoiseSigma);
        int size = (int)sample.Count;
        double[] noise = scheduler.TakesNoise ? run.Case.Values("input.noise") : [];
        List<double> trajectory = [.. Doubles(sample)];
        for (int k = 0; k < scheduler.Timesteps.Count; k++)
        {
            Tensor prediction = F.Affine(scheduler.ModelInput(k, sample), 0.3, 0.1 * Math.Sin(scheduler.Timesteps[k] / 100));
            Tensor? fresh = scheduler.TakesNoise ? run.Make(noise[(k * size)..((k + 1) * size)], sample.Shape) : null;
            sample = scheduler.Step(prediction, k, sample, fresh);
            trajectory.AddRange(Doubles(sample));
        }
        run.Check("output.trajectory", [.. trajectory], limit);
    }

    static double[] Doubles(Tensor x) =>
        x.DType == DType.F64 ? x.ToArray<double>() : Array.ConvertAll(x.ToArray<float>(), v => (double)v);
}
