using System.Diagnostics;

namespace AlignT2I.Align.Tests.Publishing;

/// <summary>A program that was published as one file, run as on a machine without .NET: nothing on the PATH, a home of its own.</summary>
/// <param name="path">The file.</param>
/// <param name="home">An empty folder.</param>
internal sealed class PublishedProgram(string path, string home)
{
    /// <summary>Runs it to its end.</summary>
    /// <returns>What it printed on standard output.</returns>
    public string Run(params string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, $"{Path.GetFileName(path)} {string.Join(' ', arguments)}: {error.Result}{output}");
        return output;
    }

    /// <summary>Time from its start to the first line of its help.</summary>
    public TimeSpan FirstLine()
    {
        var watch = Stopwatch.StartNew();
        using Process process = Start(["--help"]);
        string? line = process.StandardOutput.ReadLine();
        TimeSpan elapsed = watch.Elapsed;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(line, Is.EqualTo("Description:"));
        return elapsed;
    }

    Process Start(string[] arguments)
    {
        var start = new ProcessStartInfo(path, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = home,
        };
        start.Environment.Clear();
        start.Environment["HOME"] = home;
        return Process.Start(start)!;
    }
}
