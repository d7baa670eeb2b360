using System.CommandLine;
using System.CommandLine.Invocation;
using AlignT2I.FeedbackServer.Commands;
using AlignT2I.Files;

const int BadInput = 2, BadEnvironment = 3;

ParseResult parse = FeedbackServerCommand.Create().Parse(args);
if (parse.Action is ParseErrorAction)
{
    foreach (System.CommandLine.Parsing.ParseError error in parse.Errors)
        Console.Error.WriteLine(error.Message);
    Console.Error.WriteLine("'feedback-server --help' explains the options.");
    return BadInput;
}
try
{
    return await parse.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
}
catch (Exception e) when (e is UsageException or FileFormatException)
{
    Console.Error.WriteLine(e.Message);
    return BadInput;
}
catch (StorageException e)
{
    Console.Error.WriteLine(e.Message);
    return BadEnvironment;
}
