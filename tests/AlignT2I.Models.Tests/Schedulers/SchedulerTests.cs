using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Schedulers;
using AlignT2I.Testing;

namespace AlignT2I.Models.Tests.Schedulers;

/// <summary>Samplers against recorded trajectories, and their rules.</summary>
internal sealed class SchedulerTests
{
    [Test]
    public void Trajectory_is_the_recorded_one(
        [Values("ddim-eta0", "ddim-eta1", "ddpm", "plms", "euler-leading", "euler-linspace", "euler-ancestral-leading",
            "euler-ancestral-linspace", "dpmpp-2m-leading", "dpmpp-2m-linspace")] string sampler, [Values(10, 20, 50)] int steps,
        [Values(DType.F32, DType.F64)] DType dtype)
        => Golden.Check($"schedulers/{sampler}-{steps}", dtype);

    [Test]
    public void Schedule_is_the_recorded_one([Values(DType.F32, DType.F64)] DType dtype) => Golden.Check("schedulers/schedule", dtype);

    [Test]
    public void Every_sampler_can_be_named_and_made()
    {
        foreach (Sampler sampler in Sampler.All)
        {
            Assert.That(Sampler.Named(sampler.Name), Is.SameAs(sampler));
            Scheduler scheduler = Scheduler.Create(sampler.Apply(new SchedulerConfig()));
            Assert.That(scheduler.GetType().Name, Is.EqualTo(sampler.ClassName).IgnoreCase);
        }
        Assert.That(() => Sampler.Named("heun"), Throws.TypeOf<UsageException>().With.Message.Contains("euler-ancestral"));
    }

    [Test]
    public void SetTimesteps_forgets_the_inference_before()
    {
        using MemoryScope scope = MemoryScope.Open();
        Scheduler scheduler = new PndmScheduler(new SchedulerConfig());
        Tensor first = Walk(scheduler, steps: 7, stopAfter: 4), again = Walk(scheduler, steps: 7, stopAfter: 4);
        TensorAssert.Same(again, first, "the second walk");
        Assert.That(scheduler.History, Has.Count.EqualTo(3));
        scheduler.SetTimesteps(7);
        Assert.That(scheduler.History, Is.Empty);
    }

    [Test]
    public void One_step_of_pndm_is_one_of_ddim()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor pndm = Walk(new PndmScheduler(new SchedulerConfig()), 1, 1), ddim = Walk(new DdimScheduler(new SchedulerConfig()), 1, 1);
        TensorAssert.Close(pndm, ddim, 1e-12, "the sample");
    }

    [Test]
    public void A_linear_schedule_has_equal_steps_between_betas()
    {
        var scheduler = new DdpmScheduler(new SchedulerConfig
        {
            BetaSchedule = "linear",
            BetaStart = 0.1,
            BetaEnd = 0.5,
            NumTrainTimesteps = 5
        });
        Assert.That(scheduler.BetaSchedule, Is.EqualTo(new[] { 0.1, 0.2, 0.3, 0.4, 0.5 }).Within(1e-15));
        Assert.That(scheduler.AlphasCumprod[1], Is.EqualTo(0.9 * 0.8).Within(1e-15));
    }

    [TestCase(0)]
    [TestCase(1000)]
    [TestCase(1001)]
    public void Numbers_of_steps_that_do_not_fit_are_refused(int steps)
        => Assert.That(() => new DdimScheduler(new SchedulerConfig()).SetTimesteps(steps),
            Throws.TypeOf<UsageException>().With.Message.Contains("999"));

    [TestCase("leading", 1, new double[] { 901, 801, 701, 601, 501, 401, 301, 201, 101, 1 })]
    [TestCase("linspace", 1, new double[] { 999, 888, 777, 666, 555, 444, 333, 222, 111, 0 })]
    [TestCase("trailing", 1, new double[] { 999, 899, 799, 699, 599, 499, 399, 299, 199, 99 })]
    public void Timesteps_are_spaced_as_the_configuration_says(string spacing, int offset, double[] expected)
    {
        foreach (Sampler sampler in Sampler.All.Where(s => s.Name is "ddpm" or "ddim" or "euler" or "euler-ancestral"))
        {
            Scheduler scheduler = Scheduler.Create(
                sampler.Apply(new SchedulerConfig { TimestepSpacing = spacing, StepsOffset = offset }));
            scheduler.SetTimesteps(10);
            Assert.That(scheduler.Timesteps, Is.EqualTo(expected).Within(1e-12), sampler.Name);
        }
    }

    [Test]
    public void Only_Euler_stops_between_two_timesteps()
    {
        Assert.That(Timesteps("euler")[1], Is.EqualTo(999 - 999 / 6.0).Within(1e-12));
        Assert.That(Timesteps("dpmpp-2m"), Is.EqualTo(new double[] { 999, 856, 714, 571, 428, 285, 143 }));
        Assert.That(Timesteps("ddim"), Is.EqualTo(new double[] { 999, 832, 666, 500, 333, 166, 0 }));      // halves to the even number

        static IReadOnlyList<double> Timesteps(string name)
        {
            Scheduler scheduler = Scheduler.Create(Sampler.Named(name).Apply(new SchedulerConfig { TimestepSpacing = "linspace" }));
            scheduler.SetTimesteps(7);
            return scheduler.Timesteps;
        }
    }

    [Test]
    public void A_model_that_does_not_say_its_spacing_leaves_it_to_the_sampler()
    {
        foreach (Sampler sampler in Sampler.All)
        {
            Scheduler scheduler = Scheduler.Create(sampler.Apply(new SchedulerConfig()));
            scheduler.SetTimesteps(10);
            Assert.That(scheduler.Timesteps[0], Is.EqualTo(sampler.Name is "ddpm" or "ddim" or "pndm" ? 901 : 999), sampler.Name);
        }
    }

    [Test]
    public void A_configuration_with_python_s_infinity_is_read_and_written_as_json()
    {
        SchedulerConfig config = SchedulerConfig.Parse(
            """{"_class_name": "DPMSolverMultistepScheduler", "lambda_min_clipped": -Infinity, "note": "\"NaN is fine\""}""", "here");
        string folder = Directory.CreateTempSubdirectory("scheduler").FullName, path = Path.Combine(folder, "scheduler_config.json");
        config.Write(path);
        SchedulerConfig again = SchedulerConfig.Read(path);
        Directory.Delete(folder, recursive: true);
        Assert.That(again.ClassName, Is.EqualTo("DPMSolverMultistepScheduler"));
        Assert.That(again.OtherKeys!.Keys, Is.EqualTo(new[] { "note" }));
        Assert.That(again.OtherKeys["note"].GetString(), Is.EqualTo("\"NaN is fine\""));
    }

    [Test]
    public void Eta_is_for_ddim()
    {
        var ddim = new SchedulerConfig { ClassName = "DDIMScheduler" };
        Assert.That(Scheduler.Create(ddim, eta: 1).TakesNoise);
        Assert.That(Scheduler.Create(ddim).TakesNoise, Is.False);
        Assert.That(() => Scheduler.Create(ddim, eta: 1.5), Throws.TypeOf<UsageException>().With.Message.Contains("1.5"));
        Assert.That(() => Scheduler.Create(new SchedulerConfig(), eta: 1), Throws.TypeOf<UsageException>().With.Message.Contains("eta"));
    }

    [Test]
    public void Misuse_is_refused()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor x = Tensor.Zeros([1, 2], DType.F32, Backend.Cpu), y = Tensor.Zeros([2, 1], DType.F32, Backend.Cpu);
        var scheduler = new DdpmScheduler(new SchedulerConfig());
        Assert.That(() => scheduler.Step(x, 1, x, x), Throws.TypeOf<UsageException>().With.Message.Contains("SetTimesteps"));
        Assert.That(() => scheduler.ModelInput(0, x), Throws.TypeOf<UsageException>().With.Message.Contains("SetTimesteps"));
        scheduler.SetTimesteps(10);
        Assert.That(() => scheduler.Step(x, 1, x), Throws.TypeOf<UsageException>().With.Message.Contains("noise"));
        Assert.That(() => scheduler.Step(y, 1, x, x), Throws.TypeOf<ShapeException>());
        Assert.That(() => scheduler.AddNoise(x, x, [1, 2]), Throws.TypeOf<ShapeException>());
        Assert.That(() => scheduler.AddNoise(x, x, [1000]), Throws.TypeOf<UsageException>());
    }

    [TestCase("""{"_class_name": "HeunDiscreteScheduler"}""", "_class_name")]
    [TestCase("""{"beta_schedule": "squaredcos_cap_v2"}""", "beta_schedule")]
    [TestCase("""{"prediction_type": "v_prediction"}""", "prediction_type")]
    [TestCase("""{"_class_name": "DDIMScheduler", "clip_sample": true}""", "clip_sample")]
    [TestCase("""{"_class_name": "DDPMScheduler", "variance_type": "learned"}""", "variance_type")]
    [TestCase("""{"_class_name": "EulerDiscreteScheduler", "use_karras_sigmas": true}""", "use_karras_sigmas")]
    [TestCase("""{"_class_name": "DPMSolverMultistepScheduler", "algorithm_type": "sde-dpmsolver++"}""", "algorithm_type")]
    [TestCase("""{"_class_name": "DPMSolverMultistepScheduler", "lambda_min_clipped": -5.1}""", "lambda_min_clipped")]
    [TestCase("""{"timestep_spacing": "middle"}""", "timestep_spacing")]
    [TestCase("""{"trained_betas": [0.1]}""", "trained_betas")]
    [TestCase("""{"num_train_timesteps": 0}""", "num_train_timesteps")]
    [TestCase("""{"skip_prk_steps": false}""", "skip_prk_steps")]
    [TestCase("""{"beta_end": """, "line")]
    public void Configurations_that_cannot_be_followed_are_refused(string json, string named) => Assert.That(
        () => SchedulerConfig.Parse(json, "scheduler_config.json"),
        Throws.TypeOf<FileFormatException>().With.Message.Contains(named).IgnoreCase.And.Message.Contains("scheduler_config.json"));

    static Tensor Walk(Scheduler scheduler, int steps, int stopAfter)
    {
        scheduler.SetTimesteps(steps);
        Tensor x = Tensor.From([0.3, -1.2, 0.7], [1, 3]);
        for (int i = 0; i < stopAfter; i++)
            x = scheduler.Step(F.Affine(x, 0.4, 0.1), i, x);
        return x;
    }
}
