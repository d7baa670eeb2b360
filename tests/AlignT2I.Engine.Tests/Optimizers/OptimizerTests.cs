using System.Runtime.InteropServices;
using System.Text.Json;
using AlignT2I.Files;

namespace AlignT2I.Engine.Tests;

internal sealed class OptimizerTests
{
    const int Steps = 12, Tensors = 4;

    static string[] Cases =>
    [
        .. from kind in new[] { "adam", "adam-l2", "adamw", "adamw-b", "sgd", "sgd-momentum", "sgd-nesterov" }
           from schedule in new[] { "constant", "cosine" }
           select $"optim/{kind}-{schedule}"
    ];

    [Test]
    public void Matches_torch_optim([ValueSource(nameof(Cases))] string name, [Values] bool clipInTheStep)
    {
        using MemoryScope scope = MemoryScope.Open();
        using SafetensorsFile file = SafetensorsFile.Open(Golden.Path(name));
        JsonElement config = JsonDocument.Parse(file.Metadata["config"]).RootElement;
        JsonElement clip = config.GetProperty("clip_grad_norm");
        double? maxNorm = clip.ValueKind == JsonValueKind.Null ? null : clip.GetDouble();
        Parameter[] parameters = [.. Enumerable.Range(0, Tensors).Select(k => Initial(file, k))];
        using Optimizer optimizer = Create(config, parameters);
        LearningRateSchedule schedule = config.GetProperty("lr_scheduler").GetString() == "cosine"
            ? LearningRateSchedule.Cosine(config.GetProperty("total_steps").GetInt64(), config.GetProperty("warmup_steps").GetInt64())
            : LearningRateSchedule.Constant(config.GetProperty("warmup_steps").GetInt64());

        List<float>[] found = [.. parameters.Select(_ => new List<float>())];
        for (int s = 0; s < Steps; s++)
        {
            for (int k = 0; k < Tensors; k++)
                SetGradient(parameters[k].Value, Row(file, $"input.grad{k}", s, parameters[k].Value.Shape));
            double rate = config.GetProperty("lr").GetDouble() * schedule.Multiplier(s), scale = 1;
            Assert.That(rate, Is.EqualTo(Doubles(file, "output.lr")[s]).Within(1e-15), $"rate of step {s}");
            if (maxNorm is { } limit)
            {
                double norm = GradientNorm.Of(parameters);
                Assert.That(norm, Is.EqualTo(Doubles(file, "output.total_norm")[s]).Within(2e-5).Percent, $"norm of step {s}");
                if (clipInTheStep)
                    scale = GradientNorm.Coefficient(norm, limit);
                else
                    Assert.That(GradientNorm.Clip(parameters, limit), Is.EqualTo(norm));
            }

            optimizer.Step(rate, scale);
            for (int k = 0; k < Tensors; k++)
                found[k].AddRange(parameters[k].Value.ToArray<float>());
        }

        for (int k = 0; k < Tensors; k++)
        {
            string output = $"output.param{k}";
            Shape shape = [.. file[output].Shape.Select(d => (int)d)];
            Tensor expected = Tensor.From(MemoryMarshal.Cast<byte, float>(file.GetBytes(output)), shape);
            TensorAssert.Close(Tensor.From(found[k].ToArray(), shape), expected, 3e-7, output);     // thrice the recording's noise
        }

        Assert.That(optimizer.StepCount, Is.EqualTo(Steps));
    }

    [Test]
    public void A_parameter_given_twice_is_refused()
    {
        using MemoryScope scope = MemoryScope.Open();
        Parameter a = new("a", Tensor.Zeros([3], DType.F32, Backend.Cpu), ParameterLayout.AsInFile);
        Parameter b = new("b", Tensor.Zeros([3], DType.F32, Backend.Cpu), ParameterLayout.AsInFile);
        Assert.That(() => new AdamW([a, b, b]), Throws.ArgumentException.With.Message.Contains("'b' is given twice"));
    }

    [TestCase("constant_with_warmup_warm5_total30")]
    [TestCase("cosine_warm0_total17")]
    [TestCase("cosine_warm5_total30")]
    [TestCase("linear_warm5_total30")]
    public void Schedules_match_the_recording(string name)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Golden.Path("optim/lr-lambdas"));
        LearningRateSchedule schedule = name switch
        {
            "constant_with_warmup_warm5_total30" => LearningRateSchedule.Constant(5),
            "cosine_warm0_total17" => LearningRateSchedule.Cosine(17),
            "cosine_warm5_total30" => LearningRateSchedule.Cosine(30, 5),
            _ => LearningRateSchedule.Linear(30, 5),
        };
        double[] expected = Doubles(file, "output." + name);
        Assert.That(expected.Select((_, s) => schedule.Multiplier(s)), Is.EqualTo(expected).Within(1e-15));
    }

    [Test]
    public void Resumed_from_a_file_it_goes_on_bit_for_bit([Values("Adam", "AdamW", "Sgd")] string kind)
    {
        using MemoryScope scope = MemoryScope.Open();
        string path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"optimizer-{kind}.safetensors");
        Parameter[] through = Random(1), interrupted = Random(1), resumed = Random(2);
        using (Optimizer optimizer = Create(kind, through))
            Train(optimizer, 0, 7);
        using (Optimizer optimizer = Create(kind, interrupted))
        {
            Train(optimizer, 0, 3);
            optimizer.Save(path);
        }

        for (int k = 0; k < resumed.Length; k++)
            interrupted[k].Value.AsSpan<float>().CopyTo(resumed[k].Value.AsSpan<float>());
        using (Optimizer optimizer = Create(kind, resumed))
        {
            optimizer.Load(path);
            Assert.That(optimizer.StepCount, Is.EqualTo(3));
            Train(optimizer, 3, 7);
        }

        for (int k = 0; k < resumed.Length; k++)
            TensorAssert.Same(resumed[k].Value, through[k].Value, resumed[k].Name);
    }

    [Test]
    public void State_of_another_optimizer_or_model_is_refused()
    {
        using MemoryScope scope = MemoryScope.Open();
        string path = Path.Combine(TestContext.CurrentContext.WorkDirectory, "optimizer-other.safetensors");
        using (var adam = new Adam(Random(1)))
            adam.Save(path);
        using var adamW = new AdamW(Random(1));
        Assert.That(() => adamW.Load(path), Throws.TypeOf<FileFormatException>().With.Message.Contains("Adam; the state of AdamW"));
        using var fewer = new Adam(Random(1)[..1]);
        Assert.That(() => fewer.Load(path), Throws.TypeOf<FileFormatException>().With.Message.Contains("too many"));
        using var sgd = new Sgd(Random(1), momentum: 0.9);
        Assert.That(() => sgd.Load(path), Throws.TypeOf<FileFormatException>().With.Message.Contains("momentum_buffer"));
        Assert.That(() => new Sgd([]), Throws.ArgumentException);
    }

    [Test]
    public void A_parameter_without_gradient_stays()
    {
        using MemoryScope scope = MemoryScope.Open();
        Parameter[] parameters = Random(3);
        float[] before = parameters[1].Value.ToArray<float>();
        SetGradient(parameters[0].Value, Tensor.Full(parameters[0].Value.Shape, DType.F32, Backend.Cpu, 1));
        using var optimizer = new AdamW(parameters);
        optimizer.Step(0.1);
        Assert.That(parameters[1].Value.ToArray<float>(), Is.EqualTo(before));
    }

    static Parameter[] Random(ulong seed) =>
        [.. new Shape[] { [3, 3, 3, 5], [40_001] }.Select((shape, k) =>
        {
            float[] values = new float[shape.Count];
            new Philox(seed, (ulong)k).Normal(values);
            return new Parameter($"p{k}", Tensor.From(values, shape), k == 0 ? ParameterLayout.Convolution : ParameterLayout.AsInFile);
        })];

    static void Train(Optimizer optimizer, int from, int to)
    {
        for (int s = from; s < to; s++)
        {
            for (int k = 0; k < optimizer.Parameters.Count; k++)
            {
                Tensor value = optimizer.Parameters[k].Value;
                float[] gradient = new float[value.Count];
                new Philox(99, (ulong)(10 * s + k)).Normal(gradient);
                SetGradient(value, Tensor.From(gradient, value.Shape));
            }

            optimizer.Step(0.01);
        }
    }

    static Optimizer Create(string kind, Parameter[] parameters) => kind switch
    {
        "Adam" => new Adam(parameters, weightDecay: 0.1),
        "AdamW" => new AdamW(parameters),
        _ => new Sgd(parameters, momentum: 0.9, nesterov: true),
    };

    static Optimizer Create(JsonElement config, Parameter[] parameters)
    {
        double Number(string key) => config.TryGetProperty(key, out JsonElement value) ? value.GetDouble() : 0;
        double Beta(int i) => config.GetProperty("betas")[i].GetDouble();
        return config.GetProperty("type").GetString() switch
        {
            "Adam" => new Adam(parameters, Beta(0), Beta(1), Number("eps"), Number("weight_decay")),
            "AdamW" => new AdamW(parameters, Beta(0), Beta(1), Number("eps"), Number("weight_decay")),
            "SGD" => new Sgd(parameters, Number("momentum"), config.TryGetProperty("nesterov", out _), Number("weight_decay")),
            string other => throw new InvalidOperationException($"the recording has an optimizer {other}"),
            null => throw new InvalidOperationException("the recording has no optimizer"),
        };
    }

    static Parameter Initial(SafetensorsFile file, int k)
    {
        string name = $"input.param{k}";
        Shape shape = [.. file[name].Shape.Select(d => (int)d)];
        Tensor value = Tensor.From(MemoryMarshal.Cast<byte, float>(file.GetBytes(name)), shape);
        return new Parameter($"param{k}", value, ParameterLayout.AsInFile);
    }

    static Tensor Row(SafetensorsFile file, string name, int row, Shape shape) =>
        Tensor.From(MemoryMarshal.Cast<byte, float>(file.GetBytes(name)).Slice(row * (int)shape.Count, (int)shape.Count), shape);

    static double[] Doubles(SafetensorsFile file, string name) => MemoryMarshal.Cast<byte, double>(file.GetBytes(name)).ToArray();

    /// <summary>Gives a parameter exactly this gradient, by way of the tape.</summary>
    static void SetGradient(Tensor value, Tensor gradient)
    {
        value.RequiresGrad = true;
        value.ClearGrad();
        using Tape tape = Tape.Open();
        tape.Backward(F.Affine(value, 1), gradient);
    }
}
