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
    public void The_launcher_says_how_many_ranks_there_are(string variables, int expected) =>
        Assert.That(LaunchEnvironment.SizeOf(Variables(variables)), Is.EqualTo(expected));

    [TestCase("cuda", "", "cuda")]
    [TestCase("cuda", "OMPI_COMM_WORLD_SIZE=4 OMPI_COMM_WORLD_LOCAL_RANK=3", "cuda:3")]
    [TestCase("cuda", "SLURM_STEP_NUM_TASKS=4 SLURM_LOCALID=1", "cuda:1")]
    [TestCase("cuda", "SLURM_LOCALID=1", "cuda")]
    [TestCase("cuda:0", "PMI_SIZE=4 MPI_LOCALRANKID=2", "cuda:0")]
    [TestCase("cpu", "PMI_SIZE=4 MPI_LOCALRANKID=2", "cpu")]
    public void Each_rank_of_a_machine_has_its_own_device(string device, string variables, string expected) =>
        Assert.That(LaunchEnvironment.DeviceOf(device, Variables(variables)), Is.EqualTo(expected));

    [Test]
    public void Without_a_launcher_there_is_one_rank_and_no_MPI() =>
        Assert.That(Communicator.Join(), Is.SameAs(Communicator.Single));

    static Func<string, string?> Variables(string text)
    {
        Dictionary<string, string> variables = text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(v => v.Split('=')).ToDictionary(v => v[0], v => v[1]);
        return variables.GetValueOrDefault;
    }
}
