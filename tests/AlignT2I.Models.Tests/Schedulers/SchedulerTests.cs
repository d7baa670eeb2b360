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
        [Values("ddim-eta0", "ddim-eta1", "ddpm", "plms")] string sampler, [Values(10, 20, 50)] int steps,
        [Values(DType.F32, DType.F64)] DType dtype)
        => Golden.Check($"schedulers/{sampler}-{steps}", dtype);

    [Test]
    public void Schedule_is_the_recorded_one([Values(DType.F32, DType.F64)] DType dtype) => Golden.Check("schedulers/schedule", dtype);

    [Test]
    public void Create_follows_the_class_name([Values("DDPMScheduler", "DDIMScheduler", "PNDMScheduler")] string className)
    {
        Scheduler scheduler = Scheduler.Create(new SchedulerConfig { ClassName = className });
        Assert.That(scheduler.GetType().Name, Is.EqualTo(className).IgnoreCase);
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

    [Test]
    public void Misuse_is_refused()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor x = Tensor.Zeros([1, 2], DType.F32, Backend.Cpu), y = Tensor.Zeros([2, 1], DType.F32, Backend.Cpu);
        var scheduler = new DdpmScheduler(new SchedulerConfig());
        Assert.That(() => scheduler.Step(x, 1, x, x), Throws.TypeOf<UsageException>().With.Message.Contains("SetTimesteps"));
        scheduler.SetTimesteps(10);
        Assert.That(() => scheduler.Step(x, 1, x), Throws.TypeOf<UsageException>().With.Message.Contains("noise"));
        Assert.That(() => scheduler.Step(y, 1, x, x), Throws.TypeOf<ShapeException>());
        Assert.That(() => scheduler.AddNoise(x, x, [1, 2]), Throws.TypeOf<ShapeException>());
        Assert.That(() => scheduler.AddNoise(x, x, [1000]), Throws.TypeOf<UsageException>());
    }

    [TestCase("""{"_class_name": "HeunDiscreteScheduler"}""", "_class_name")]
    [TestCase("""{"beta_schedule": "squaredcos_cap_v2"}""", "beta_schedule")]
    [TestCase("""{"prediction_type": "v_prediction"}""", "prediction_type")]
    [TestCase("""{"clip_sample": true}""", "clip_sample")]
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
        foreach (int timestep in scheduler.Timesteps.Take(stopAfter))
            x = scheduler.Step(F.Affine(x, 0.4, 0.1), timestep, x);
        return x;
    }
}
