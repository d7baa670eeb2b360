using System.CommandLine;
using System.CommandLine.Invocation;
using System.Net;
using AlignT2I.CommandLine;
using AlignT2I.FeedbackServer.Studies;
using AlignT2I.Files;

namespace AlignT2I.FeedbackServer.Commands;

/// <summary>Runs a command line and turns what goes wrong into one sentence and an exit code, as the other programs do.</summary>
internal static class Shell
{
    const int BadInput = 2, BadEnvironment = 3;

    /// <summary>Runs the command that the arguments name.</summary>
    /// <returns>What the command returns; 2 for bad usage or input, 3 for a system that refuses.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        ParseResult parse = FeedbackServerCommand.Create().Parse(args);
        IReadOnlyList<string> misread = MisreadArguments.Of(parse);
        if (parse.Action is ParseErrorAction || (misread.Count > 0 && parse.Action == parse.CommandResult.Command.Action))
        {
            foreach (string sentence in misread.Count > 0 ? misread : parse.Errors.Select(e => e.Message))
                Console.Error.WriteLine(sentence);
            Console.Error.WriteLine("'feedback-server --help' explains the options.");
            return BadInput;
        }
        try
        {
            return await parse.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception e) when (e is UsageException or FileFormatException)
        {
            Console.Error.WriteLine(e.Message);
            return BadInput;
        }
        catch (Refusal e)
        {
            Console.Error.WriteLine(e.Message);
            return e.Status < HttpStatusCode.InternalServerError ? BadInput : BadEnvironment;
        }
        catch (StorageException e)
        {
            Console.Error.WriteLine(e.Message);
            return BadEnvironment;
        }
    }
}
