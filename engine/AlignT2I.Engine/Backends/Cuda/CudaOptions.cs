using AlignT2I.Files;

namespace AlignT2I.Engine;

/// <summary>How a CUDA backend computes and keeps memory.</summary>
public sealed record CudaOptions
{
    const string Variable = "ALIGNT2I_CUDA_OPTIONS";

    /// <summary>Float32 products may round their operands to TensorFloat-32 (10 bits of mantissa) for the tensor cores; off for
    /// checks.</summary>
    public bool TensorFloat32 { get; init; }

    /// <summary>Whether libraries may use algorithms that give other bits from run to run.</summary>
    public bool Nondeterministic { get; init; }

    /// <summary>Whether the first convolution of each shape times every engine instead of trusting the library's guess.</summary>
    public bool Autotune { get; init; }

    /// <summary>Whether freed memory is kept for the next request; off so that a memory checker sees every block's end.</summary>
    public bool CacheMemory { get; init; } = true;

    /// <summary>Whether work that is done again and again is recorded as CUDA graphs; off to see each operation in a profiler.</summary>
    public bool RecordWork { get; init; } = true;

    /// <summary>Folder of compiled kernels and convolution engines; null keeps nothing on disk.</summary>
    public string? CacheFolder { get; init; } = Backends.Cuda.CudaCache.DefaultFolder;

    /// <summary>
    /// The options that ALIGNT2I_CUDA_OPTIONS names: tf32, nondeterministic, autotune, uncached, unrecorded, with commas between.
    /// </summary>
    /// <exception cref="UsageException">It names another.</exception>
    public static CudaOptions FromEnvironment() => Parse(Environment.GetEnvironmentVariable(Variable) ?? "");

    internal static CudaOptions Parse(string words)
    {
        CudaOptions options = new();
        foreach (string word in words.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            options = word switch
            {
                "tf32" => options with { TensorFloat32 = true },
                "nondeterministic" => options with { Nondeterministic = true },
                "autotune" => options with { Autotune = true },
                "uncached" => options with { CacheMemory = false },
                "unrecorded" => options with { RecordWork = false },
                _ => throw new UsageException(
                    $"{Variable}: '{word}' is no option; expected tf32, nondeterministic, autotune, uncached or unrecorded."),
            };
        }

        return options;
    }
}
