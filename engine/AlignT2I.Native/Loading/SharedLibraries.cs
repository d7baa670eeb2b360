namespace AlignT2I.Native;

/// <summary>The libraries of CUDA: 13, 12 and 11.8, with cuDNN 9 and 8.9; and MPI.</summary>
public static class SharedLibraries
{
    static readonly LibraryVersion openMpi = new(4, "libmpi.so.40", "libmpi.dll");

    static readonly LibraryVersion[] mpich = [new(4, "libmpich.so.12", "msmpi.dll"), new(3, "libmpi.so.12", "impi.dll")];

    /// <summary>The driver.</summary>
    public static SharedLibrary Driver { get; } = new(
        "cuda", "NVIDIA driver", [new(0, "libcuda.so.1", "nvcuda.dll")],
        "Install the NVIDIA driver of your system (525 or newer); in a container, start it with the GPU passed through.");

    /// <summary>The run-time compiler.</summary>
    public static SharedLibrary Nvrtc { get; } = new(
        "nvrtc", "NVRTC",
        [
            new(13, "libnvrtc.so.13", "nvrtc64_130_0.dll"),
            new(12, "libnvrtc.so.12", "nvrtc64_120_0.dll"),
            new(11, "libnvrtc.so.11.2", "nvrtc64_112_0.dll"),
        ],
        "Install the CUDA toolkit, or Debian's libnvrtc11.2, or the wheel nvidia-cuda-nvrtc and name its lib folder in "
        + "ALIGNT2I_CUDA_PATH.")
    {
        Companions = ["libnvrtc-builtins.so", "nvrtc-builtins64_"],
        FollowsDriver = true,
    };

    /// <summary>Matrix products.</summary>
    public static SharedLibrary CublasLt { get; } = new(
        "cublasLt", "cuBLASLt",
        [
            new(13, "libcublasLt.so.13", "cublasLt64_13.dll"),
            new(12, "libcublasLt.so.12", "cublasLt64_12.dll"),
            new(11, "libcublasLt.so.11", "cublasLt64_11.dll"),
        ],
        "Install the CUDA toolkit, or the wheel nvidia-cublas and name its lib folder in ALIGNT2I_CUDA_PATH.")
    {
        FollowsDriver = true,
    };

    /// <summary>Convolutions and attention; version 9 is a front for libraries beside it.</summary>
    public static SharedLibrary Cudnn { get; } = new(
        "cudnn", "cuDNN",
        [
            new(9, "libcudnn.so.9", "cudnn64_9.dll"),
            new(8, "libcudnn.so.8", "cudnn64_8.dll"),
        ],
        "Install cuDNN 9 for your CUDA version, or its wheel nvidia-cudnn and name its lib folder in ALIGNT2I_CUDA_PATH.")
    {
        Companions =
        [
            "libcudnn_graph.so.9", "libcudnn_ops.so.9", "libcudnn_cnn.so.9", "libcudnn_adv.so.9", "libcudnn_heuristic.so.9",
            "libcudnn_engines_precompiled.so.9", "libcudnn_engines_runtime_compiled.so.9", "libcudnn_engines_tensor_ir.so.9",
            "libcudnn_ext.so.9",
            "libcudnn_ops_infer.so.8", "libcudnn_ops_train.so.8", "libcudnn_cnn_infer.so.8", "libcudnn_cnn_train.so.8",
        ],
        Needs = [Nvrtc, CublasLt],
    };

    /// <summary>All of them, in the order in which they are loaded.</summary>
    public static IReadOnlyList<SharedLibrary> Cuda { get; } = [Driver, Nvrtc, CublasLt, Cudnn];

    /// <summary>
    /// Messages between processes: Open MPI, or MPICH and those of its binary interface, whichever started this process.
    /// </summary>
    public static SharedLibrary Mpi { get; } = new(
        "mpi", "MPI",
        Environment.GetEnvironmentVariable("PMI_SIZE") is null ? [openMpi, .. mpich] : [.. mpich, openMpi],
        "Install Open MPI or MPICH (Debian: openmpi-bin or mpich), or name the folder of its library in ALIGNT2I_MPI_PATH.")
    {
        PathVariable = "ALIGNT2I_MPI_PATH",
    };

    /// <summary>Messages between GPUs; needed by trainings on several of them alone.</summary>
    public static SharedLibrary Nccl { get; } = new(
        "nccl", "NCCL", [new(2, "libnccl.so.2", "nccl.dll")],
        "Install NCCL 2.7 or newer for your CUDA version, or its wheel nvidia-nccl and name its lib folder in ALIGNT2I_CUDA_PATH.");

    /// <summary>Every library that bindings ask for by name.</summary>
    internal static IReadOnlyList<SharedLibrary> All { get; } = [.. Cuda, Mpi, Nccl];
}
