using System.CommandLine;
using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Native;
using AlignT2I.Training.Communicators;

namespace AlignT2I.CommandLine;

/// <summary>Runs a command line and turns what goes wrong into one sentence and an exit code.</summary>
public static class Shell
{
    const int Interrupted = 130;

    /// <summary>Runs the command that the arguments name.</summary>
    /// <returns>What the command returns; 2 for bad usage or input, 3 for a system that refuses, 130 when interrupted.</returns>
    public static int Run(RootCommand root, string[] args) => CommandInvocation.Run(root, args, Explain);

    static (int ExitCode, string Sentence)? Explain(Exception e) => e switch
    {
        UsageException or FileFormatException or ShapeException or DTypeException => (CommandInvocation.BadInput, e.Message),
        StorageException or MissingLibraryException or RankLostException
            or CudaUnavailableException or CudaException or DeviceMemoryException => (CommandInvocation.BadEnvironment, e.Message),
        OperationCanceledException =>
            (Interrupted, "Interrupted; what is done is saved. The same command goes on from there (finetune with --resume)."),
        _ when StorageException.Covers(e) =>
            (CommandInvocation.BadEnvironment, StorageException.From(e, Environment.CurrentDirectory, "used").Message),
        _ => null,
    };
}
