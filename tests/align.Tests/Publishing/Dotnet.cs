using System.Diagnostics;

namespace AlignT2I.Align.Tests.Publishing;

/// <summary>The SDK's command.</summary>
internal static class Dotnet
{
    /// <summary>Runs it to its end, and says what it printed where it fails.</summary>
    public static void Run(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, output);
    }
}
