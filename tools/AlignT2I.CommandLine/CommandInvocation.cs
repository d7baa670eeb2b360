using System.CommandLine;
using System.CommandLine.Invocation;

namespace AlignT2I.CommandLine;

/// <summary>Runs the command that arguments name: what it says of bad ones, and of exceptions, is the same in every program.</summary>
internal static class CommandInvocation
{
    public const int BadInput = 2, BadEnvironment = 3;

    /// <summary>Runs it.</summary>
    /// <param name="root">The program.</param>
    /// <param name="args">Its arguments.</param>
    /// <param name="explain">Exit code and sentence of an exception that the program expects; null for a fault of its own.</param>
    /// <returns>What the command returns, or the exit code of what went wrong: 2 for bad usage.</returns>
    public static int Run(RootCommand root, string[] args, Func<Exception, (int ExitCode, string Sentence)?> explain)
    {
        ParseResult parse = root.Parse(args);
        IReadOnlyList<string> misread = MisreadArguments.Of(parse);
        if (parse.Action is ParseErrorAction || (misread.Count > 0 && parse.Action == parse.CommandResult.Command.Action))
        {
            Complain(root, parse, misread);
            return BadInput;
        }

        (int ExitCode, string Sentence)? end = null;
        try
        {
            return parse.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception e) when ((end = explain(e)) is not null)
        {
            Console.Error.WriteLine(end.Value.Sentence);
            return end.Value.ExitCode;
        }
    }

    static void Complain(RootCommand root, ParseResult parse, IReadOnlyList<string> misread)
    {
        Command command = parse.CommandResult.Command;
        if (command == root && root.Action is null)
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
