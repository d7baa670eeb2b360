using AlignT2I.Training.Communicators;

namespace AlignT2I.Training.Tests.Communicators;

public class LaunchEnvironmentTests
{
    [TestCase("", 1)]
    [TestCase("OMPI_COMM_WORLD_SIZE=4", 4)]
    [TestCase("PMI_SIZE=3", 3)]
    [TestCase("SLURM_STEP_NUM_TASKS=8 SLURM_NTASKS=8", 8)]
    [TestCase("OMPI_COMM_WORLD_SIZE=2 SLURM_STEP_NUM_TASKS=1", 2, Description = "mpirun in a job of Slurm starts its daemons as a step")]
    [TestCase("SLURM_NTASKS=8 SLURM_PROCID=0", 1, Description = "a batch script of a job of eight tasks, without srun")]
    public void The_launcher_says_how_many_ranks_there_are(string variables, int expected)
    {
        Dictionary<string, string> environment = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(v => v.Split('=')).ToDictionary(v => v[0], v => v[1]);
        Assert.That(LaunchEnvironment.SizeOf(environment.GetValueOrDefault), Is.EqualTo(expected));
    }

    [Test]
    public void Without_a_launcher_there_is_one_rank_and_no_MPI() =>
        Assert.That(Communicator.Join(), Is.SameAs(Communicator.Single));
}
