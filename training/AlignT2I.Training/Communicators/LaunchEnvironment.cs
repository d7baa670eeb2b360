using System.Globalization;

namespace AlignT2I.Training.Communicators;

/// <summary>What a launcher tells the processes that it starts.</summary>
internal static class LaunchEnvironment
{
    /// <summary>
    /// Number of processes: Open MPI's mpirun, then PMI (MPICH's mpiexec; Slurm's PMI-2), then the job step of Slurm's srun. A batch script
    /// of Slurm that starts a program without srun has no step of its own, and the program is alone.
    /// </summary>
    static readonly string[] sizes = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"];

    /// <summary>Processes that were started together; 1 where no launcher did.</summary>
    public static int Size => SizeOf(Environment.GetEnvironmentVariable);

    /// <summary>The same for another environment.</summary>
    public static int SizeOf(Func<string, string?> variable)
    {
        foreach (string name in sizes)
        {
            if (int.TryParse(variable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int size))
                return size;
        }

        return 1;
    }

    /// <summary>How to start processes that find each other, for the launcher at hand.</summary>
    public static string Advice => Environment.GetEnvironmentVariable("SLURM_STEP_ID") is null
        ? "start it by the mpirun of the same MPI"
        : "start it by srun --mpi=pmix (Open MPI) or srun --mpi=pmi2 (MPICH)";
}
