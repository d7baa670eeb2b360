using System.Text.Json;

namespace AlignT2I.Bench.Tests;

public class MeasuringTests
{
    [TestCase("--runs is 0", "ops", "--runs", "0")]
    [TestCase("--seconds is -1", "ops", "--seconds", "-1")]
    [TestCase("--runs: 'two' was found; expected a whole number", "ops", "--runs", "two")]
    [TestCase("no case has 'softmin' in its name; the names are peak_fma, gemm_1024x1024x1024", "ops", "--filter", "softmin")]
    [TestCase("int8", "models", "--dtype", "int8")]
    [TestCase("no case has 'b7' in its name; the names are unet_fwd_64x64_b1", "models", "--filter", "b7")]
    [TestCase("there is no such file", "models", "--filter", "unet_fwd_32x32_b1", "--anyway", "--weights", "nowhere.safetensors")]
    [TestCase("no case has 'clip' in its name; the names are unet_train_32x32_b1", "train", "--filter", "clip")]
    public void Bad_usage_ends_with_2_and_a_sentence(string sentence, params string[] arguments)
    {
        (int exitCode, string output, string error) = Bench.Run(arguments);
        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.EqualTo(2));
            Assert.That(error, Does.Contain(sentence).And.Not.Contain("   at "));
            Assert.That(output, Is.Empty.Or.StartsWith("case "));
        });
    }

    [TestCase("ops", "linear_77x768x768", 77, "f32")]
    [TestCase("models", "tiny_unet_fwd_b32", 32, "f32")]
    [TestCase("models", "tiny_unet_fwd_b32", 32, "bf16")]
    [TestCase("models", "clip_text_b1", 1, "f32")]
    [TestCase("train", "tiny_unet_train_step_b32", 32, "f32")]
    [TestCase("train", "miniature_finetune_step_b48", 48, "f32")]
    public void A_case_is_a_line_with_the_peers_keys_and_its_result_is_right(string command, string name, int batch, string dtype)
    {
        string[] type = dtype == "f32" ? [] : ["--dtype", "bfloat16"];
        (int exitCode, string output, string error) =
            Bench.Run([command, "--filter", name, "--runs", "1", "--seconds", "0", "--json", "--anyway", .. type]);
        Assert.That(exitCode, Is.Zero, error + output);
        JsonElement line = JsonDocument.Parse(output).RootElement;
        double ms = line.GetProperty("ms_median").GetDouble();
        Assert.Multiple(() =>
        {
            Assert.That(line.GetProperty("name").GetString(), Is.EqualTo(name));
            Assert.That(line.GetProperty("lib").GetString(), Is.EqualTo("AlignT2I"));
            Assert.That(line.GetProperty("dtype").GetString(), Is.EqualTo(dtype));
            Assert.That(line.GetProperty("mode").GetString(), Is.EqualTo(command == "train" ? "train" : "forward"));
            Assert.That(line.GetProperty("threads").GetInt32(), Is.GreaterThanOrEqualTo(1));
            Assert.That(line.GetProperty("batch").GetInt32(), Is.EqualTo(batch));
            Assert.That(line.GetProperty("ms_min").GetDouble(), Is.EqualTo(ms));
            Assert.That(line.GetProperty("ms_max").GetDouble(), Is.EqualTo(ms));
            Assert.That(line.GetProperty("gflops").GetDouble(), Is.Positive);
            Assert.That(line.GetProperty("peak_mem_mb").GetInt64(), Is.InRange(20, 4000));
            Assert.That(line.GetProperty("result").GetString(), Is.EqualTo("right"));
        });
        if (command == "train")
            Assert.That(line.GetProperty("outside_kernels").GetDouble(), Is.GreaterThan(0).And.LessThan(0.2));
    }

    [Test]
    public void While_others_use_the_machine_nothing_is_reported()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Ignore("What others take of the processors is read as Linux counts it; run the test there.");
        using var done = new CancellationTokenSource();
        Thread[] others = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(() =>
        {
            while (!done.IsCancellationRequested)
                Thread.SpinWait(1000);
        }))];
        foreach (Thread other in others)
            other.Start();
        (int exitCode, string output, string error) = Bench.Run("ops", "--filter", "linear_77x768x768", "--json");
        (int anyway, string marked, _) = Bench.Run("ops", "--filter", "linear_77x768x768", "--json", "--anyway");
        done.Cancel();
        foreach (Thread other in others)
            other.Join();
        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.EqualTo(3));
            Assert.That(output, Is.Empty);
            Assert.That(error, Does.Match(@"^before the first case was measured, other programs or guests took \d+% of the processors"));
            Assert.That(anyway, Is.Zero);
            Assert.That(JsonDocument.Parse(marked).RootElement.GetProperty("others").GetDouble(), Is.GreaterThan(MachineWatch.Allowed));
        });
    }
}
