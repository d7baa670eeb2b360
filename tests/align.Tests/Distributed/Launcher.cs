using System.Diagnostics;
using System.Text;

namespace AlignT2I.Align.Tests.Distributed;

/// <summary>Starts programs as processes, by a launcher, and collects what they print.</summary>
internal sealed class Launcher : IDisposable
{
    static readonly TimeSpan limit = TimeSpan.FromMinutes(2);

    readonly Process process;
    readonly StringBuilder output = new(), error = new();
    readonly Lock gate = new();

    Launcher(string program, IEnumerable<string> arguments, IEnumerable<(string Name, string Value)> variables)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in variables)
            start.Environment[name] = value;
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Add(output, line.Data);
        process.ErrorDataReceived += (_, line) => Add(error, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>finetune on several ranks by Open MPI's mpirun; skips the test where that is not installed.</summary>
    public static Launcher Mpirun(int ranks, string[] arguments, params (string Name, string Value)[] variables) => new(
        Program("mpirun.openmpi", "openmpi-bin"),
        [
            "--oversubscribe", "-n", $"{ranks}", .. variables.SelectMany(v => (string[])["-x", v.Name]),
            "dotnet", FinetuneProgram, .. arguments,
        ],
        // Open MPI refuses root, which a container's tests run as, unless told so twice.
        [("OMPI_ALLOW_RUN_AS_ROOT", "1"), ("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"), .. TwoThreads, .. variables]);

    /// <summary>The same by MPICH's mpiexec.</summary>
    public static Launcher Mpiexec(int ranks, string[] arguments) => new(
        Program("mpiexec.hydra", "mpich"), ["-n", $"{ranks}", "dotnet", FinetuneProgram, .. arguments], TwoThreads);

    /// <summary>Any other program.</summary>
    public static Launcher Start(string program, string[] arguments, params (string Name, string Value)[] variables) =>
        new(program, arguments, [.. TwoThreads, .. variables]);

    /// <summary>The program that the tests run on several ranks.</summary>
    public static string FinetuneProgram => Path.Combine(AppContext.BaseDirectory, "finetune.dll");

    /// <summary>A program on the PATH or among those of the administrator; skips the test where it is not there.</summary>
    public static string Program(string name, string package)
    {
        string? found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin")
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        if (found is null)
            Assert.Ignore($"{name} is not there; install the package {package}.");
        return found!;
    }

    public string Output => Read(output);

    public string Error => Read(error);

    /// <summary>Waits until standard error has these words.</summary>
    public void WaitForError(string words) => WaitUntil(() => Error.Contains(words, StringComparison.Ordinal), words);

    /// <summary>Waits for something that the program does.</summary>
    public void WaitUntil(Func<bool> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            bool ended = process.HasExited;
            Assert.That(ended && !condition(), Is.False, $"it ended without {what}: {Output}{Error}");
            Assert.That(watch.Elapsed, Is.LessThan(limit), $"{what} does not come: {Output}{Error}");
            Thread.Yield();
        }
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public int Wait()
    {
        if (!process.WaitForExit(limit))
            Assert.Fail($"it hangs: {Output}{Error}");
        process.WaitForExit();      // until the pipes are read
        return process.ExitCode;
    }

    /// <summary>The process of a rank, found by an argument and by its environment.</summary>
    public static int RankProcess(string sizeVariable, int rank, string argument)
    {
        foreach (string folder in Directory.EnumerateDirectories("/proc").Where(f => int.TryParse(Path.GetFileName(f), out _)))
        {
            try
            {
                string command = File.ReadAllText(Path.Combine(folder, "cmdline"));
                string environment = File.ReadAllText(Path.Combine(folder, "environ"));
                if (command.Contains(argument, StringComparison.Ordinal) && environment.Split('\0').Contains($"{sizeVariable}={rank}"))
                    return int.Parse(Path.GetFileName(folder), System.Globalization.CultureInfo.InvariantCulture);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue;       // it has just ended, or is another user's
            }
        }
        Assert.Fail($"there is no process of rank {rank}.");
        return 0;
    }

    /// <summary>Sends a signal.</summary>
    public static void Signal(string signal, int process)
    {
        using Process kill = Process.Start("kill", [signal, $"{process}"]);
        kill.WaitForExit();
    }

    /// <summary>Ends the program at once, with all that it has started.</summary>
    public void Kill()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        process.WaitForExit();
    }

    public void Dispose()
    {
        Kill();
        process.Dispose();
    }

    /// <summary>Several processes share the cores.</summary>
    static (string, string)[] TwoThreads => [("DOTNET_PROCESSOR_COUNT", "2")];

    void Add(StringBuilder text, string? line)
    {
        lock (gate)
            text.AppendLine(line);
    }

    string Read(StringBuilder text)
    {
        lock (gate)
            return text.ToString();
    }
}
