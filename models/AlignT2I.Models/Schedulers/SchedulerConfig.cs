using System.Text.Json;
using System.Text.Json.Serialization;
using AlignT2I.Files;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Models.Schedulers;

/// <summary>The noise schedule and the sampler, in the vocabulary of diffusers' <c>scheduler/scheduler_config.json</c>.</summary>
/// <remarks>The defaults are Stable Diffusion v1.5's. Keys that this class does not know are kept and written back.</remarks>
public sealed record SchedulerConfig
{
    internal const string LambdaMinClipped = "lambda_min_clipped", NoClipping = "-Infinity";

    /// <summary>The sampler's <see cref="Sampler.ClassName"/>, such as <c>PNDMScheduler</c>.</summary>
    [JsonPropertyName("_class_name")]
    public string ClassName { get; set; } = Sampler.Pndm.ClassName;

    /// <summary>Diffusion steps T of training.</summary>
    public int NumTrainTimesteps { get; set; } = 1000;

    /// <summary>First of the betas.</summary>
    public double BetaStart { get; set; } = 0.00085;

    /// <summary>Last of the betas.</summary>
    public double BetaEnd { get; set; } = 0.012;

    /// <summary><c>linear</c>: equal steps between the betas; <c>scaled_linear</c>: equal steps between their square roots.</summary>
    public string BetaSchedule { get; set; } = "scaled_linear";

    /// <summary>The betas themselves, T of them; null computes them.</summary>
    public double[]? TrainedBetas { get; set; }

    /// <summary>Added to every timestep: 1 in Stable Diffusion.</summary>
    public int StepsOffset { get; set; } = 1;

    /// <summary>Whether the last DDIM or PNDM step goes to no noise at all, or to the noise of timestep 0.</summary>
    public bool SetAlphaToOne { get; set; }

    /// <summary>Whether PNDM starts with its multistep method at once; the Runge-Kutta start is not supported.</summary>
    public bool SkipPrkSteps { get; set; } = true;

    /// <summary>Whether the predicted image is clipped; not supported, as latents have no bounds.</summary>
    public bool ClipSample { get; set; }

    /// <summary>What the network predicts: <c>epsilon</c>, the noise.</summary>
    public string PredictionType { get; set; } = "epsilon";

    /// <summary>
    /// How timesteps are chosen: <c>leading</c>, multiples of T / steps; <c>linspace</c>, from the first to the last;
    /// <c>trailing</c>, from the last down. Null is the sampler's own: leading for DDPM, DDIM and PNDM, linspace for Euler and DPM-Solver.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TimestepSpacing { get; set; }

    /// <summary>Keys of the file that have no property here.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? OtherKeys { get; set; }

    /// <summary>Reads a <c>scheduler_config.json</c>.</summary>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">The file is not such a configuration, or one that these samplers cannot follow.</exception>
    public static SchedulerConfig Read(string path) => Parse(ConfigFile.ReadText(path), path);

    /// <summary>Parses the text of a <c>scheduler_config.json</c>.</summary>
    /// <param name="json">The text.</param>
    /// <param name="where">What error messages call it, such as the file's path.</param>
    /// <exception cref="FileFormatException">The text is not such a configuration, or one that these samplers cannot follow.</exception>
    public static SchedulerConfig Parse(string json, string where)
    {
        SchedulerConfig config = ConfigFile.Parse(PythonJson.Quote(json), where, SchedulerJson.Default.SchedulerConfig);
        if (config.OtherKeys?.TryGetValue(LambdaMinClipped, out JsonElement lambda) is true
            && lambda.ValueKind == JsonValueKind.String && lambda.GetString() == NoClipping)
            config.OtherKeys.Remove(LambdaMinClipped);      // diffusers' default, which this program could not write as Python does
        config.Validate(where);
        return config;
    }

    /// <summary>Writes a <c>scheduler_config.json</c>.</summary>
    public void Write(string path) => ConfigFile.Write(path, this, SchedulerJson.Default.SchedulerConfig);

    /// <summary>Checks that the parts fit together.</summary>
    /// <param name="where">What error messages call the configuration.</param>
    /// <exception cref="FileFormatException">They do not; the message names the key, its value and what would fit.</exception>
    public void Validate(string where)
    {
        var check = new ConfigCheck(where);
        Sampler sampler = Sampler.OfClass(ClassName, where);
        check.That(NumTrainTimesteps is > 0 and <= 1_000_000, "num_train_timesteps", NumTrainTimesteps, "1 to 1000000");
        check.That(BetaStart is > 0 and < 1, "beta_start", BetaStart, "a number between 0 and 1");
        check.That(BetaEnd is > 0 and < 1, "beta_end", BetaEnd, "a number between 0 and 1");
        check.That(BetaSchedule is Schedulers.BetaSchedule.Linear or Schedulers.BetaSchedule.ScaledLinear, "beta_schedule", BetaSchedule,
            "linear or scaled_linear");
        check.That(TrainedBetas is null || TrainedBetas.Length == NumTrainTimesteps, "trained_betas", $"of {TrainedBetas?.Length} entries",
            $"num_train_timesteps = {NumTrainTimesteps} of them");
        check.That(TrainedBetas is null || TrainedBetas.All(b => b is > 0 and < 1), "trained_betas", "out of range",
            "numbers between 0 and 1");
        check.That(StepsOffset >= 0 && StepsOffset < NumTrainTimesteps, "steps_offset", StepsOffset, "0 up to below num_train_timesteps");
        check.Equal("prediction_type", PredictionType, "epsilon");
        check.That(TimestepSpacing is null or Schedulers.TimestepSpacing.Leading or Schedulers.TimestepSpacing.Linspace
            or Schedulers.TimestepSpacing.Trailing, "timestep_spacing", TimestepSpacing, "leading, linspace or trailing");
        check.Unsupported(OtherKeys, ("rescale_betas_zero_snr", "false"));
        sampler.Check(this, check);
    }
}
