using System.Runtime.InteropServices;

namespace AlignT2I.Native;

/// <summary>The predefined handles, which each implementation of MPI has in its own way.</summary>
/// <param name="World">MPI_COMM_WORLD.</param>
/// <param name="Byte">MPI_BYTE.</param>
/// <param name="ErrorsReturn">MPI_ERRORS_RETURN.</param>
/// <param name="StatusIgnore">MPI_STATUS_IGNORE.</param>
internal sealed record MpiHandles(nint World, nint Byte, nint ErrorsReturn, nint StatusIgnore)
{
    const string OpenMpiWorld = "ompi_mpi_comm_world";

    /// <summary>MPICH, Intel MPI, MVAPICH, MS-MPI: integers, from mpi.h of the MPICH ABI.</summary>
    static readonly MpiHandles mpich = new(0x44000000, 0x4c00010d, 0x54000001, 1);

    /// <summary>The handles of a loaded library: Open MPI is known by the objects that it exports.</summary>
    public static MpiHandles Of(nint library) => NativeLibrary.TryGetExport(library, OpenMpiWorld, out nint world)
        ? new MpiHandles(
            world, NativeLibrary.GetExport(library, "ompi_mpi_byte"), NativeLibrary.GetExport(library, "ompi_mpi_errors_return"), 0)
        : mpich;
}
