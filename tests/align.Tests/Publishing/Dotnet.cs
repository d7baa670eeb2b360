using System.Diagnostics;

namespace AlignT2I.Align.Tests.Publishing;

/// <summary>The SDK's command.</summary>
internal static class Dotnet
{
    /// <summary>Runs it to its end, and says what it printed where it fails.</summary>
    public static void Run(params string[] arguments) => RunIn("", arguments);

    /// <summary>Runs it in a folder; the empty name is that of the tests.</summary>
    /// <returns>What it printed.</returns>
    public static string RunIn(string folder, params string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, WorkingDirectory = folder })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, output);
        return output;
    }
}
