using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using AlignT2I.Files;

namespace AlignT2I.Bench.Feedback;

/// <summary>The feedback server as a program of its own.</summary>
internal sealed class FeedbackServerProgram : IDisposable
{
    readonly Process process;

    FeedbackServerProgram(Process process, string url) => (this.process, Url) = (process, url);

    public string Url { get; }

    /// <summary>Where the solution's build leaves the program, beside the build of this one.</summary>
    public static string Default => Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "..", "..", "feedback-server", "bin", "Release", "net10.0", "feedback-server.dll"));

    /// <summary>Invites raters.</summary>
    /// <returns>Their tokens.</returns>
    public static string[] Invite(string program, string[] study, int raters)
    {
        using Process process = Start(
            program, ["invite", .. study, .. Enumerable.Range(0, raters).SelectMany(i => new[] { "--name", $"rater {i}" })]);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim().Split('#')[1])]
            : throw new UsageException($"{program}: it did not invite the raters; its message is above.");
    }

    /// <summary>Starts the server and waits until it listens.</summary>
    public static FeedbackServerProgram Serve(string program, string[] study, int ratersPerImage)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        Process process = Start(program, [.. study, "--port", $"{port}", "--raters-per-image", $"{ratersPerImage}"]);
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (line.Contains("listening on", StringComparison.Ordinal))
            {
                _ = process.StandardOutput.ReadToEndAsync();
                return new FeedbackServerProgram(process, $"http://127.0.0.1:{port}");
            }
        }
        throw new UsageException($"{program}: the server did not start; its message is above.");
    }

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    static Process Start(string program, string[] arguments)
    {
        if (!File.Exists(program))
            throw new UsageException(
                $"{program}: there is no such program; build the solution with -c Release, or name it with --server.");
        string[] command = program.EndsWith(".dll", StringComparison.Ordinal) ? ["dotnet", program, .. arguments]
            : [program, .. arguments];
        return Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true })!;
    }
}
