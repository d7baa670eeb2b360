namespace AlignT2I.Native;

/// <summary>The compiler's seam: CUDA C++ to what <see cref="ICudaDriver.LoadModule"/> loads.</summary>
public interface INvrtc
{
    /// <summary>Version of the compiler, part of every cache key.</summary>
    Version Version { get; }

    /// <summary>
    /// Real architectures that it makes machine code for, ascending, such as 80 for sm_80. A newer device gets PTX for the last of them.
    /// </summary>
    IReadOnlyList<int> Architectures { get; }

    /// <summary>
    /// Compiles for one architecture: machine code where it is one of <see cref="Architectures"/>, else PTX for the newest below it.
    /// </summary>
    /// <param name="source">The kernels.</param>
    /// <param name="architecture">Compute capability without the point: 80, 90.</param>
    /// <exception cref="KernelCompilationException">The source does not compile; the message holds the compiler's.</exception>
    byte[] Compile(KernelSource source, int architecture);
}
