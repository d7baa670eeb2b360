using AlignT2I.Files;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Models.Schedulers;

/// <summary>A sampler that can be chosen: its names, and how it is made. The one list of them.</summary>
public sealed class Sampler
{
    /// <summary>Ho et al. 2020.</summary>
    internal static readonly Sampler Ddpm = new("ddpm", "DDPMScheduler", "DDPM", (c, _) => new DdpmScheduler(c), DdpmScheduler.Check);

    /// <summary>Song et al. 2021; the one with a choice of fresh noise, eta.</summary>
    internal static readonly Sampler Ddim =
        new("ddim", "DDIMScheduler", "DDIM", (c, eta) => new DdimScheduler(c, eta), DdimScheduler.Check);

    /// <summary>Liu et al. 2022; Stable Diffusion v1.5's own.</summary>
    internal static readonly Sampler Pndm = new("pndm", "PNDMScheduler", "PLMS", (c, _) => new PndmScheduler(c), PndmScheduler.Check);

    readonly Action<SchedulerConfig, ConfigCheck> check;

    Sampler(
        string name, string className, string label, Func<SchedulerConfig, double, Scheduler> make,
        Action<SchedulerConfig, ConfigCheck> check)
    {
        (Name, ClassName, Label, Make, this.check) = (name, className, label, make, check);
    }

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Sampler> All { get; } =
    [
        Ddpm, Ddim, Pndm,
        new("euler", "EulerDiscreteScheduler", "Euler", (c, _) => new EulerDiscreteScheduler(c), EulerDiscreteScheduler.Check),
        new("euler-ancestral", "EulerAncestralDiscreteScheduler", "Euler a", (c, _) => new EulerAncestralDiscreteScheduler(c),
            EulerDiscreteScheduler.Check),
        new("dpmpp-2m", "DPMSolverMultistepScheduler", "DPM++ 2M", (c, _) => new DpmSolverMultistepScheduler(c),
            DpmSolverMultistepScheduler.Check),
    ];

    /// <summary>Name on a command line, such as <c>euler-ancestral</c>.</summary>
    public string Name { get; }

    /// <summary>Class in diffusers, as in <c>scheduler_config.json</c>.</summary>
    public string ClassName { get; }

    /// <summary>What web interfaces call it, and write into their images' metadata.</summary>
    public string Label { get; }

    /// <summary>Makes it from a schedule and, for DDIM, eta.</summary>
    internal Func<SchedulerConfig, double, Scheduler> Make { get; }

    /// <summary>The sampler of a name.</summary>
    /// <exception cref="UsageException">There is none of that name.</exception>
    public static Sampler Named(string name) => All.FirstOrDefault(s => s.Name == name)
        ?? throw new UsageException($"there is no sampler '{name}'; choose {string.Join(", ", All.Select(s => s.Name))}.");

    /// <summary>The sampler of a class in diffusers.</summary>
    /// <param name="className">The class.</param>
    /// <param name="where">What error messages call the configuration.</param>
    /// <exception cref="FileFormatException">None of the samplers is of that class.</exception>
    public static Sampler OfClass(string className, string where)
    {
        Sampler? found = All.FirstOrDefault(s => s.ClassName == className);
        new ConfigCheck(where).That(found is not null, "_class_name", className, string.Join(" or ", All.Select(s => s.ClassName)));
        return found!;
    }

    /// <summary>A model's schedule for this sampler; a spacing of timesteps that it does not name is the sampler's own.</summary>
    public SchedulerConfig Apply(SchedulerConfig config) => config with { ClassName = ClassName };

    /// <summary>Checks the keys that only this sampler reads.</summary>
    internal void Check(SchedulerConfig config, ConfigCheck checks) => check(config, checks);
}
