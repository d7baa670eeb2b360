using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using AlignT2I.Engine;
using AlignT2I.Files;

namespace AlignT2I.Models.Parity;

/// <summary>Runs recordings of optimizers over given gradients, and of learning-rate schedules.</summary>
internal static partial class OptimizerParity
{
    const string Gradients = "input.grad", Values = "input.param", Output = "output.";

    public static void Run(ParityRun run)
    {
        if (run.Case.TrySetting("type") is null)
            CheckSchedules(run);
        else
            Train(run);
    }

    static void Train(ParityRun run)
    {
        int count = run.Case.Names.Count(n => n.StartsWith(Values, StringComparison.Ordinal));
        int steps = run.Case.ShapeOf($"{Gradients}0")[0];
        Parameter[] parameters = [.. Enumerable.Range(0, count).Select(
            k => new Parameter($"param{k}", run.Tensor($"{Values}{k}"), ParameterLayout.AsInFile))];
        using Optimizer optimizer = Create(run.Case, parameters);
        LearningRateSchedule schedule = Schedule(
            run.Case, run.Case.Setting("lr_scheduler").ToString(),
            (long)run.Case.Number("warmup_steps"), (long)run.Case.Number("total_steps"));
        bool clips = run.Case.Setting("clip_grad_norm").ValueKind != JsonValueKind.Null;

        var rates = new List<double>();
        var norms = new List<double>();
        List<double>[] found = [.. parameters.Select(_ => new List<double>())];
        for (int step = 0; step < steps; step++)
        {
            for (int k = 0; k < count; k++)
                SetGradient(parameters[k].Value, run.Row($"{Gradients}{k}", step));
            rates.Add(run.Case.Number("lr") * schedule.Multiplier(step));
            norms.Add(GradientNorm.Of(parameters));
            optimizer.Step(rates[^1], clips ? GradientNorm.Coefficient(norms[^1], run.Case.Number("clip_grad_norm")) : 1);
            for (int k = 0; k < count; k++)
                found[k].AddRange(ParityRun.FileValues(parameters[k], parameters[k].Value));
        }

        run.Check("output.lr", [.. rates], ParityLimits.SchedulerFloat64);
        if (run.Case.Has("output.total_norm"))
            run.Check("output.total_norm", [.. norms], ParityLimits.Optimizer);
        for (int k = 0; k < count; k++)
            run.Check($"output.param{k}", [.. found[k]], ParityLimits.Optimizer);
    }

    /// <summary>Gives a parameter exactly this gradient, by way of the tape.</summary>
    static void SetGradient(Tensor value, Tensor gradient)
    {
        value.RequiresGrad = true;
        value.ClearGrad();
        using Tape tape = Tape.Open();
        tape.Backward(F.Affine(value, 1), gradient);
    }

    static void CheckSchedules(ParityRun run)
    {
        foreach (string name in run.Case.Names.Where(n => n.StartsWith(Output, StringComparison.Ordinal)).ToArray())
        {
            Match match = ScheduleName().Match(name);
            if (!match.Success)
                throw new FileFormatException(
                    run.Case.Path, $"tensor '{name}' is no schedule; expected a name such as output.cosine_warm5_total30.");
            LearningRateSchedule schedule = Schedule(run.Case, match.Groups["kind"].Value, Whole(match, "warm"), Whole(match, "total"));
            IEnumerable<int> steps = Enumerable.Range(0, run.Case.ShapeOf(name)[0]);
            run.Check(name, [.. steps.Select(s => schedule.Multiplier(s))], ParityLimits.SchedulerFloat64);
        }
    }

    static long Whole(Match match, string group) => long.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    static LearningRateSchedule Schedule(ParityCase recorded, string kind, long warmUpSteps, long totalSteps) => kind switch
    {
        "constant" or "constant_with_warmup" => LearningRateSchedule.Constant(warmUpSteps),
        "linear" => LearningRateSchedule.Linear(totalSteps, warmUpSteps),
        "cosine" => LearningRateSchedule.Cosine(totalSteps, warmUpSteps),
        _ => throw new UsageException(
            $"{recorded.Path}: there is no learning-rate schedule '{kind}'; there are constant, linear and cosine."),
    };

    static Optimizer Create(ParityCase recorded, Parameter[] parameters)
    {
        double decay = recorded.TrySetting("weight_decay") is null ? 0 : recorded.Number("weight_decay");
        string type = recorded.Setting("type").ToString();
        switch (type)
        {
            case "Adam":
                return new Adam(parameters, recorded.Numbers("betas")[0], recorded.Numbers("betas")[1], recorded.Number("eps"), decay);
            case "AdamW":
                return new AdamW(parameters, recorded.Numbers("betas")[0], recorded.Numbers("betas")[1], recorded.Number("eps"), decay);
            case "SGD":
                double momentum = recorded.TrySetting("momentum") is null ? 0 : recorded.Number("momentum");
                return new Sgd(parameters, momentum, recorded.TrySetting("nesterov")?.ValueKind == JsonValueKind.True, decay);
            default:
                throw new UsageException($"{recorded.Path}: there is no optimizer '{type}'; there are Adam, AdamW and SGD.");
        }
    }

    [GeneratedRegex(@"^output\.(?<kind>\w+)_warm(?<warm>\d{1,9})_total(?<total>\d{1,9})$")]
    private static partial Regex ScheduleName();
}
