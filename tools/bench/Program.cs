using System.CommandLine;
using System.CommandLine.Invocation;
using AlignT2I.Bench.Commands;
using AlignT2I.Files;

var root = new RootCommand("Benchmarks of the engine, named as the peers' programs name theirs.") { OpsCommand.Create() };
ParseResult parse = root.Parse(args);
if (parse.Action is ParseErrorAction)
{
    foreach (System.CommandLine.Parsing.ParseError error in parse.Errors) Console.Error.WriteLine(error.Message);
    return 2;
}
try
{
    return parse.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (UsageException e)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}
