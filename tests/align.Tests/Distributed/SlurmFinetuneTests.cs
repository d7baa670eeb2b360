namespace AlignT2I.Align.Tests.Distributed;

/// <summary>finetune as tasks of Slurm.</summary>
[Category("Slow")]
internal sealed class SlurmFinetuneTests
{
    /// <summary>What Debian's plugin opens.</summary>
    const string PmixLibrary = "/usr/lib/x86_64-linux-gnu/pmix2/lib/libpmix.so";

    /// <summary>With Open MPI and with MPICH.</summary>
    [TestCase("pmix", "Open MPI", "openmpi-bin")]
    [TestCase("pmi2", "MPICH", "mpich")]
    public void Tasks_of_srun_give_the_bits_of_one_process_and_survive_the_loss_of_one(string mpi, string library, string package)
    {
        if (mpi == "pmix" && !File.Exists(PmixLibrary))
            Assert.Ignore("Slurm's pmix plugin does not find libpmix.so; install the package libpmix-dev.");
        Launcher.Program(mpi == "pmix" ? "mpirun.openmpi" : "mpiexec.hydra", package);
        using var slurm = new Slurm();
        using var tiny = new TinyRun();
        tiny.WithReward();
        string[] arguments = MpiFinetuneTests.Passes(tiny, steps: 300, "--checkpoint-steps", "10");
        Trained alone = MpiFinetuneTests.Alone(tiny, arguments);
        using (Launcher srun = slurm.Srun(mpi, 2, arguments))
        {
            MpiFinetuneTests.WaitForCheckpoint(tiny, srun);
            Launcher.Signal("-KILL", Launcher.RankProcess("SLURM_PROCID", 1, tiny.Path));
            // Slurm lets the other tasks live: without a watch of ours the job would hang.
            Assert.That(srun.Wait(), Is.Not.Zero);
            Assert.That(srun.Error, Does.Contain("rank 1 (process ").And.Contain("is lost").And.Contain("is saved"));
        }

        using (Launcher srun = slurm.Srun(mpi, 2, [.. arguments, "--resume"]))
        {
            Assert.That(srun.Wait(), Is.Zero, srun.Error);
            Assert.That(srun.Output, Does.Contain($"2, by {library}").And.Contain("resumed at"));
        }
        MpiFinetuneTests.Expect(Trained.Take(tiny) with { Losses = alone.Losses }, alone);
    }
}
