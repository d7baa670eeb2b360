using System.Globalization;

namespace AlignT2I.Training.Communicators;

/// <summary>What a launcher tells the processes that it starts.</summary>
internal static class LaunchEnvironment
{
    /// <summary>
    /// Number of processes: Open MPI's mpirun, then PMI (MPICH's mpiexec; Slurm's PMI-2), then the job step of Slurm's srun.
    /// A batch script of Slurm that starts a program without srun has no step of its own, and the program is alone.
    /// </summary>
    static readonly string[] sizes = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"];

    /// <summary>Number of this process among those of its machine: Open MPI, MPICH, Slurm.</summary>
    static readonly string[] localRanks = ["OMPI_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID", "SLURM_LOCALID"];

    /// <summary>Processes that were started together; 1 where no launcher did.</summary>
    public static int Size => SizeOf(Environment.GetEnvironmentVariable);

    /// <summary>The same for another environment.</summary>
    public static int SizeOf(Func<string, string?> variable) => First(sizes, variable) ?? 1;

    /// <summary>The device of this process where <c>cuda</c> is asked for: each of a machine has its own.</summary>
    public static string DeviceOf(string device, Func<string, string?> variable) =>
        device == "cuda" && SizeOf(variable) > 1 && First(localRanks, variable) is { } local
            ? string.Create(CultureInfo.InvariantCulture, $"cuda:{local}")
            : device;

    /// <summary>How to start processes that find each other, for the launcher at hand.</summary>
    public static string Advice => Environment.GetEnvironmentVariable("SLURM_STEP_ID") is null
        ? "start it by the mpirun of the same MPI"
        : "start it by srun --mpi=pmix (Open MPI) or srun --mpi=pmi2 (MPICH)";

    static int? First(string[] names, Func<string, string?> variable)
    {
        foreach (string name in names)
        {
            if (int.TryParse(variable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                return number;
        }

        return null;
    }
}
