using System.Diagnostics;
using AlignT2I.Engine.Backends.Cpu;
using NUnit.Framework;
using NUnit.Framework.Interfaces;

namespace AlignT2I.Testing;

/// <summary>Tests of an assembly once more, in a process of their own whose environment is another: an assembly whose tests run so has
/// this attribute.</summary>
/// <remarks>A process that dies is reported with the test that it ran.</remarks>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class ChildTestRunAttribute : Attribute, ITestAction
{
    const string ProgressVariable = "ALIGNT2I_TEST_PROGRESS", GuardVariable = "ALIGNT2I_TEST_GUARD";
    const int MostLines = 14;

    /// <summary>What begins the runner's account of a failure.</summary>
    static readonly string[] failures = ["Fatal error", "Failed "];
    static readonly string? progress = Environment.GetEnvironmentVariable(ProgressVariable);

    /// <summary>Whether every block of the CPU stands beside a guard page in this process.</summary>
    public static bool IsGuarded => CpuAllocator.Current is GuardedMemory;

    /// <summary>Each test, and the run as a whole.</summary>
    public ActionTargets Targets => ActionTargets.Test | ActionTargets.Suite;

    /// <summary>The environment that puts a guard page at the end of every block, or at its beginning.</summary>
    public static (string Name, string Value) Guards(bool atEnd) => (GuardVariable, atEnd ? "end" : "start");

    /// <summary>Runs tests and gives what failed; null where all passed.</summary>
    /// <param name="assembly">Path of the test assembly.</param>
    /// <param name="filter">Which tests, as <c>dotnet test --filter</c> takes it; slow ones are left out.</param>
    /// <param name="environment">Variables of the process.</param>
    public static string? Run(string assembly, string filter, params (string Name, string Value)[] environment)
    {
        string file = Path.Combine(Path.GetTempPath(), $"alignt2i-test-{Guid.NewGuid():N}");
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["vstest", assembly, $"--TestCaseFilter:({filter})&TestCategory!=Slow"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment.Append((ProgressVariable, file)))
            start.Environment[name] = value;
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string[] lines = [.. process.StandardOutput.ReadToEnd().Split('\n'), .. errors.Result.Split('\n')];
            process.WaitForExit();
            if (process.ExitCode == 0 && lines.Any(line => line.Contains("Passed:", StringComparison.Ordinal)))
                return null;
            string last = File.Exists(file) ? File.ReadAllText(file) : "before the first test";
            string told = string.Join('\n', lines
                .SkipWhile(line => !failures.Any(failure => line.Contains(failure, StringComparison.Ordinal)))
                .Take(MostLines));
            string variables = string.Join(' ', environment.Select(variable => $"{variable.Name}={variable.Value}"));
            if (told.Length == 0)
                told = string.Join('\n', lines.TakeLast(MostLines));
            return $"With {variables}, the last test was {last}:\n{told}";
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Sets the guards before the first test and notes which test begins.</summary>
    public void BeforeTest(ITest test)
    {
        string? guard = Environment.GetEnvironmentVariable(GuardVariable);
        if (guard is not null && !IsGuarded)
            CpuAllocator.Current = new GuardedMemory(CpuAllocator.Current, guard == "end");
        if (progress is not null && !test.IsSuite)
            File.WriteAllText(progress, test.FullName);
    }

    /// <summary>Nothing.</summary>
    public void AfterTest(ITest test)
    {
    }
}
