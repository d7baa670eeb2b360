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
        if (run.Case.Config.TryGetProperty("scheduler", out var name))
            CheckTrajectory(run, Sampler(name.GetString()!, config, run.Case.Path),
                run.Case.Config.GetProperty("num_inference_steps").GetInt32());
        else
            CheckSchedule(run, new DdpmScheduler(config));
    }

    static Scheduler Sampler(string name, SchedulerConfig config, string path) => name switch
    {
        "ddpm" => new DdpmScheduler(config),
        "ddim-eta0" => new DdimScheduler(config),
        "ddim-eta1" => new DdimScheduler(config, eta: 1),
        "plms" => new PndmScheduler(config),
        _ => throw new UsageException(
            $"{path}: there is no sampler '{name}'; those that can be run are ddpm, ddim-eta0, ddim-eta1 and plms."),
    };

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
        run.CheckMaxAbs("output.timesteps", [.. scheduler.Timesteps.Select(t => (double)t)], 0);
        Tensor sample = F.Affine(run.Tensor("input.x_T"), scheduler.InitNoiseSigma);
        int size = (int)sample.Count;
        double[] noise = scheduler.TakesNoise ? run.Case.Values("input.noise") : [];
        List<double> trajectory = [.. Doubles(sample)];
        for (int k = 0; k < scheduler.Timesteps.Count; k++)
        {
            int timestep = scheduler.Timesteps[k];
            Tensor prediction = F.Affine(sample, 0.3, 0.1 * Math.Sin(timestep / 100.0));
            Tensor? fresh = scheduler.TakesNoise ? run.Make(noise[(k * size)..((k + 1) * size)], sample.Shape) : null;
            sample = scheduler.Step(prediction, timestep, sample, fresh);
            trajectory.AddRange(Doubles(sample));
        }
        run.Check("output.trajectory", [.. trajectory], limit);
    }

    static double[] Doubles(Tensor x) =>
        x.DType == DType.F64 ? x.ToArray<double>() : Array.ConvertAll(x.ToArray<float>(), v => (double)v);
}
