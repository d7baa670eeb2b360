using System.Diagnostics;
using System.Globalization;
using AlignT2I.Align.Tests;
using AlignT2I.Files;
using AlignT2I.Files.Tests;

namespace AlignT2I.WeightsConverter.Tests;

/// <summary>Stable Diffusion v1.5's real size, in processes of their own.</summary>
[Category("Slow")]
internal sealed class FullSizeTests
{
    /// <summary>The token embedding, [49408, 768] in float16.</summary>
    const long LargestTensor = 49_408L * 768 * 2;

    /// <summary>What the runtime and two thousand names take.</summary>
    const long Runtime = 110_000_000;

    static readonly string[] files =
        ["unet/diffusion_pytorch_model.safetensors", "vae/diffusion_pytorch_model.safetensors", "text_encoder/model.safetensors"];

    [Test]
    public void To_one_file_and_back_is_the_same_bytes_in_the_memory_of_one_tensor_and_a_kill_leaves_nothing()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Ignore("The test reads a process's peak memory from /proc; run it on Linux.");
        using var folder = new TempFolder();
        FullSizeModel.Write(folder["model"]);

        KillInMidWrite(folder["model"], folder["one.safetensors"], folder["one.safetensors.tmp"]);
        long toFile = Convert(folder["model"], folder["one.safetensors"]);
        KillInMidWrite(folder["one.safetensors"], folder["back"], folder["back.tmp/unet/diffusion_pytorch_model.safetensors.tmp"]);
        long toFolder = Convert(folder["one.safetensors"], folder["back"]);
        TestContext.Out.WriteLine($"peak resident memory: {toFile / 1e6:0} MB to the file, {toFolder / 1e6:0} MB to the folder");
        Assert.That(toFile, Is.LessThan(LargestTensor + Runtime));
        Assert.That(toFolder, Is.LessThan(LargestTensor + Runtime));
        foreach (string file in files)
            AssertSameBytes(Path.Combine(folder["model"], file), Path.Combine(folder["back"], file));
        foreach (string config in (string[])["unet/config.json", "vae/config.json", "text_encoder/config.json",
            "scheduler/scheduler_config.json"])
        {
            Assert.That(File.ReadAllText(Path.Combine(folder["back"], config)),
                Is.EqualTo(File.ReadAllText(Path.Combine(folder["model"], config))),
                $"{config}: every size is read from the shapes");
        }
        Assert.That(CommandRun.WeightsConverter("verify", folder["one.safetensors"]).Succeeded().Output,
            Does.Contain("1,130 tensors, 1,066,235,307 parameters"));
    }

    /// <summary>Starts a conversion, kills it when a part of its output is on the disk, and finds nothing under the final name.</summary>
    static void KillInMidWrite(string source, string target, string partial)
    {
        using Process process = Start(source, target);
        while (!process.WaitForExit(1) && !(File.Exists(partial) && new FileInfo(partial).Length > 50_000_000))
        {
        }
        Assert.That(process.HasExited, Is.False, "it ended before it could be killed");
        process.Kill();
        process.WaitForExit();
        Assert.That(File.Exists(target) || Directory.Exists(target), Is.False);
        Assert.That(File.Exists(partial), "it was killed in mid-write");
    }

    /// <summary>Converts and returns the process's peak resident memory in bytes.</summary>
    static long Convert(string source, string target)
    {
        using Process process = Start(source, target);
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        long peak = 0;
        while (!process.WaitForExit(10))
            peak = Math.Max(peak, Peak(process.Id));
        Assert.That(process.ExitCode, Is.Zero, error.Result + output.Result);
        return peak;
    }

    static Process Start(string source, string target) => Process.Start(new ProcessStartInfo(
        "dotnet", [Path.Combine(AppContext.BaseDirectory, "weights-converter.dll"), "convert", source, target])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    static long Peak(int process)
    {
        try
        {
            string line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal))
                ?? "VmHWM: 0 kB";
            return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException)
        {
            return 0;       // it has just ended
        }
    }

    static void AssertSameBytes(string expected, string found)
    {
        using FileStream a = InputFile.OpenRead(expected), b = InputFile.OpenRead(found);
        Assert.That(b.Length, Is.EqualTo(a.Length), found);
        byte[] x = new byte[1 << 22], y = new byte[1 << 22];
        for (int count; (count = a.ReadAtLeast(x, x.Length, throwOnEndOfStream: false)) > 0;)
        {
            b.ReadExactly(y.AsSpan(0, count));
            Assert.That(x.AsSpan(0, count).SequenceEqual(y.AsSpan(0, count)), found);
        }
    }
}
