using System.CommandLine;
using System.CommandLine.Invocation;
using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Native;
using AlignT2I.Training.Communicators;

namespace AlignT2I.CommandLine;

/// <summary>Runs a command line and turns what goes wrong into one sentence and an exit code.</summary>
public static class Shell
{
    const int BadInput = 2, BadEnvironment = 3, Interrupted = 130;

    /// <summary>Runs the command that the arguments name.</summary>
    /// <returns>What the command returns; 2 for bad usage or input, 3 for a system that refuses, 130 when interrupted.</returns>
    public static int Run(RootCommand root, string[] args)
    {
        ParseResult parse = root.Parse(args);
        IReadOnlyList<string> misread = MisreadArguments.Of(parse);
        if (parse.Action is ParseErrorAction || (misread.Count > 0 && parse.Action == parse.CommandResult.Command.Action))
        {
            Complain(root, parse, misread);
            return BadInput;
        }

        try
        {
            return parse.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception e) when (e is UsageException or FileFormatException or ShapeException or DTypeException)
        {
            Console.Error.WriteLine(e.Message);
            return BadInput;
        }
        catch (Exception e) when (e is StorageException or MissingLibraryException or RankLostException
            or CudaUnavailableException or CudaException or DeviceMemoryException)
        {
            Console.Error.WriteLine(e.Message);
            return BadEnvironment;
        }
        catch (Exception e) when (StorageException.Covers(e))
        {
            Console.Error.WriteLine(StorageException.From(e, Environment.CurrentDirectory, "used").Message);
            return BadEnvironment;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Interrupted; what is done is saved. The same command goes on from there (finetune with --resume).");
            return Interrupted;
        }
    }

    static void Complain(RootCommand root, ParseResult parse, IReadOnlyList<string> misread)
    {
        Command command = parse.CommandResult.Command;
        if (command == root && root.Subcommands.Count > 0)
        {
            string unknown = parse.UnmatchedTokens.Count > 0 ? $"'{parse.UnmatchedTokens[0]}' is no command" : "name a command";
            Console.Error.WriteLine(
                $"{root.Name}: {unknown}: {string.Join(", ", root.Subcommands.Select(c => c.Name))}. '{root.Name} --help' explains them.");
            return;
        }
        foreach (string sentence in misread.Count > 0 ? misread : parse.Errors.Select(e => e.Message))
            Console.Error.WriteLine(sentence);
        string name = command == root ? root.Name : $"{root.Name} {command.Name}";
        Console.Error.WriteLine($"'{name} --help' explains the options.");
    }
}
