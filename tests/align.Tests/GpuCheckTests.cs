using System.Diagnostics;
using System.Text.Json;
using AlignT2I.Testing;

namespace AlignT2I.Align.Tests;

/// <summary>tools/gpu-check/run.sh with programs in place of ours that print what ours print: order,
/// exit codes and results.json.</summary>
internal sealed class GpuCheckTests
{
    const string Doctor = """{ "devices": [ { "device": "cuda:0", "name": "stand-in" } ] }""";

    string folder = "";

    [SetUp]
    public void Publish()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Ignore("tools/gpu-check/run.sh is for Linux.");
        folder = Directory.CreateTempSubdirectory("gpu-check-").FullName;
        File.Copy(Path.Combine(Golden.Root, "tools", "gpu-check", "run.sh"), Path.Combine(folder, "run.sh"));
        Directory.CreateDirectory(Path.Combine(folder, "goldens", "unet"));
        File.WriteAllText(Path.Combine(folder, "goldens", "unet", "tiny-a.safetensors"), "");
        File.WriteAllText(Path.Combine(folder, "goldens", "unet", "eps-probe.safetensors"), "");
        Program("programs/AlignT2I.Engine.Tests", "echo '  succeeded: 20'");
        Program(
            "programs/bench",
            """
            case "$1" in
                models) echo '{"name":"unet_fwd_64x64_b1","ms_median":12.5}';;
                *) echo '{"name":"unet_train_64x64_b8","ms_median":2}';;
            esac
            """);
        Program(
            "path/python3",
            """
            [ "$1" = -c ] || printf '{"name": "unet_fwd_64x64_b1", "mode": "%s", "ms_median": %s}\n' eager 20.0 graph 10.0
            """);
        File.WriteAllText(Path.Combine(folder, "torch_peer.py"), "");
    }

    [TearDown]
    public void Remove()
    {
        if (folder.Length > 0)
            Directory.Delete(folder, recursive: true);
    }

    [Test]
    public void All_steps_run_and_the_ratios_are_to_the_best_mode_of_the_peer()
    {
        Program(
            "programs/align",
            $"case \"$*\" in 'doctor --json') echo '{Doctor}';; doctor) echo '  NVRTC  12.8, here';; *) echo \"$@\";; esac");
        Assert.That(Run(out string error), Is.Zero, error);
        JsonElement results = Results();
        Assert.That(results.GetProperty("failed").GetArrayLength(), Is.Zero);
        Assert.That(results.GetProperty("machine").GetProperty("devices")[0].GetProperty("name").GetString(), Is.EqualTo("stand-in"));
        JsonElement[] ratios = [.. results.GetProperty("ratios").EnumerateArray()];
        Assert.That(ratios[0].GetProperty("peer_mode").GetString(), Is.EqualTo("graph"));
        Assert.That(ratios[0].GetProperty("ratio").GetDouble(), Is.EqualTo(1.25));
        Assert.That(ratios[1].TryGetProperty("ratio", out _), Is.False);
        string halves = File.ReadAllText(Path.Combine(folder, "results", "goldens-float16.log"));
        Assert.That(halves, Does.Contain("unet/tiny-a.safetensors").And.Contain("--device cuda --dtype float16"));
        Assert.That(halves, Does.Not.Contain("eps-probe"));
    }

    [Test]
    public void A_failed_step_is_named_and_the_others_run()
    {
        Program("programs/align", $"case \"$*\" in 'doctor --json') echo '{Doctor}';; doctor) ;; *bfloat16*) exit 1;; esac");
        Assert.That(Run(out _), Is.EqualTo(1));
        Assert.That(Results().GetProperty("failed").EnumerateArray().Select(f => f.GetString()), Does.Contain("goldens-bfloat16"));
        Assert.That(File.Exists(Path.Combine(folder, "results", "ratios.jsonl")), Is.True);
    }

    [Test]
    public void Of_the_steps_those_that_are_named_run()
    {
        Program("programs/align", $"case \"$*\" in 'doctor --json') echo '{Doctor}';; doctor) ;; *) exit 1;; esac");
        Assert.That(Run(out string error, "tests-lib", "bench-train"), Is.Zero, error);
        string[] logs = [.. Directory.GetFiles(Path.Combine(folder, "results"), "*.log").Select(f => Path.GetFileName(f))];
        Assert.That(logs, Is.EquivalentTo((string[])["doctor.log", "tests-libraries.log", "bench-train.log"]));
        Assert.That(Results().GetProperty("bench").GetArrayLength(), Is.EqualTo(1));
    }

    [Test]
    public void Without_a_usable_gpu_it_says_so_and_ends_with_3()
    {
        Program(
            "programs/align",
            "[ \"$2\" = --json ] && echo '{}' || { echo '  cuDNN          missing'; echo '- Install it.'; }; exit 3");
        Assert.That(Run(out string error), Is.EqualTo(3));
        Assert.That(error, Does.Contain("Install it."));
    }

    void Program(string path, string body)
    {
        string file = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, $"#!/bin/bash\n{body}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    int Run(out string error, params string[] steps)
    {
        ProcessStartInfo start = new("bash", [Path.Combine(folder, "run.sh"), Path.Combine(folder, "results"), .. steps])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["PATH"] = Path.Combine(folder, "path") + ":" + start.Environment["PATH"];
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        error = errors.Result;
        return process.ExitCode;
    }

    JsonElement Results()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "results", "results.json")));
        return document.RootElement.Clone();
    }
}
