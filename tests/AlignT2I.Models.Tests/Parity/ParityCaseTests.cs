using System.Runtime.InteropServices;
using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Parity;
using AlignT2I.Testing;

namespace AlignT2I.Models.Tests.Parity;

internal sealed class ParityCaseTests
{
    string path = "";

    [SetUp]
    public void Name_a_file() => path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"case-{Guid.NewGuid():N}.safetensors");

    [TearDown]
    public void Remove_it() => File.Delete(path);

    static Dictionary<string, string> Metadata => new()
    {
        ["component"] = "unet",
        ["case"] = "mine",
        ["config"] = "{}",
        ["weights"] = "none",
    };

    void Write(Dictionary<string, string> metadata, params (string Name, float[] Values)[] tensors)
    {
        using SafetensorsWriter writer = SafetensorsWriter.Create(
            path, tensors.Select(t => new SafetensorsEntry(t.Name, SafetensorsDType.Float32, [t.Values.Length])), metadata);
        foreach ((string name, float[] values) in tensors)
            writer.Write(name, MemoryMarshal.AsBytes(values.AsSpan()));
        writer.Commit();
    }

    [TestCase("component", null, "the metadata has no 'component'")]
    [TestCase("config", "{", "'config' is not JSON")]
    [TestCase("weights", "synthetic:v9:1", "the variant is one of v1, v1he, v1s")]
    [TestCase("noise", "no", "'noise' is not JSON")]
    public void Metadata_that_describes_no_case_is_refused(string key, string? value, string sentence)
    {
        Dictionary<string, string> metadata = Metadata;
        metadata.Remove(key);
        if (value is not null)
            metadata[key] = value;
        Write(metadata);
        Assert.That(() => ParityCase.Read(path), Throws.TypeOf<FileFormatException>().With.Message.Contains(sentence));
    }

    [Test]
    public void A_component_that_nothing_runs_is_said()
    {
        Dictionary<string, string> metadata = Metadata;
        metadata["component"] = "teapot";
        Write(metadata);
        Assert.That(() => ParityComponents.Run(path, Backend.Cpu, DType.F32),
            Throws.TypeOf<UsageException>().With.Message.Contains("'teapot'"));
    }

    [Test]
    public void A_result_that_was_not_compared_fails()
    {
        Write(Metadata, ("input.x", [1]), ("output.x", [1]), ("output.y", [2]), ("output64.y", [2]), ("output.y_f64", [2]));
        using ParityCase recorded = ParityCase.Read(path);
        var run = new ParityRun(recorded, Backend.Cpu, DType.F32);
        run.Check("output.x", [1.0], 1e-5);
        Assert.That(run.Finish().Where(c => !c.Passed).Select(c => c.Tensor), Is.EqualTo(new[] { "output.y" }));
    }

    [Test]
    public void What_is_zero_but_for_rounding_is_compared_absolutely()
    {
        Dictionary<string, string> metadata = Metadata;
        metadata["noise"] = """{"grad.param.b": {"max_abs": 1e-7, "analytic_zero": true}}""";
        Write(metadata, ("grad.param.a", [1e-7f]), ("grad.param.b", [1e-7f]), ("grad.param.c", [1]));
        using ParityCase recorded = ParityCase.Read(path);
        var run = new ParityRun(recorded, Backend.Cpu, DType.F32);
        run.Check("grad.param.a", [2e-7], 1e-5);
        run.Check("grad.param.b", [2e-7], 1e-5);
        run.Check("grad.param.c", [1, 1], 1e-5);
        Assert.That(run.Finish().Select(c => c.Passed), Is.EqualTo(new[] { false, true, false }));
    }

    [TestCase("rng", "{}", "output.SEED.FUNCTION.COUNT")]
    [TestCase("synth", """{"tensors": 7}""", "config.tensors is 7; expected a list")]
    [TestCase("synth", """{"tensors": [{}]}""", "config.tensors[0] has no 'name'")]
    [TestCase("synth", """{"tensors": [{"name": "values", "variant": "v7", "seed": "1"}]}""", "variant is one of")]
    [TestCase("fid", """{"seed": 1, "n": -3}""", "config.n is -3; expected a count")]
    [TestCase("fid", """{"seed": 1, "n": 100000, "d": 100000}""", "100000 features of 100000 numbers")]
    [TestCase("clip-preprocess", """{"files": [3]}""", "config.files[0] is 3; expected a string")]
    [TestCase("scheduler", """{"scheduler": 3}""", "config.scheduler is 3; expected a string")]
    [TestCase("pipeline", "{}", "config has no 'text_encoder'")]
    [TestCase("optim", """{"type": "SGD", "lr_scheduler": []}""", "no 'input.param0'")]
    [TestCase("reward", "{}", "image_embeds")]
    [TestCase("inception", "{}", "expected [N, C, H, W]")]
    [TestCase("metrics", "{}", "expected a picture")]
    public void A_case_that_does_not_fit_its_component_is_refused_by_name(string component, string config, string sentence)
    {
        Dictionary<string, string> metadata = Metadata;
        (metadata["component"], metadata["config"], metadata["weights"]) = (component, config, "synthetic:v1:1");
        Write(metadata, ("output.values", [1]), ("input.0.a", [1]), ("input.0.b", [1]), ("input.grad0", [1]), ("input.0.images_u8", [1]));
        Assert.That(() => ParityComponents.Run(path, Backend.Cpu, DType.F32),
            Throws.TypeOf<FileFormatException>().With.Message.StartsWith(path).And.Message.Contains(sentence));
    }
}
