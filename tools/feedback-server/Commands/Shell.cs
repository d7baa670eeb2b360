using System.Net;
using AlignT2I.CommandLine;
using AlignT2I.FeedbackServer.Studies;
using AlignT2I.Files;

namespace AlignT2I.FeedbackServer.Commands;

/// <summary>Runs a command line and turns what goes wrong into one sentence and an exit code, as the other programs do.</summary>
internal static class Shell
{
    /// <summary>Runs the command that the arguments name.</summary>
    /// <returns>What the command returns; 2 for bad usage or input, 3 for a system that refuses.</returns>
    public static int Run(string[] args) => CommandInvocation.Run(FeedbackServerCommand.Create(), args, Explain);

    static (int ExitCode, string Sentence)? Explain(Exception e) => e switch
    {
        UsageException or FileFormatException => (CommandInvocation.BadInput, e.Message),
        Refusal { Status: < HttpStatusCode.InternalServerError } => (CommandInvocation.BadInput, e.Message),
        Refusal or StorageException => (CommandInvocation.BadEnvironment, e.Message),
        _ => null,
    };
}
