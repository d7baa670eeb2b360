using System.Globalization;
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
        if (!run.Case.Settings.Has("type"))
            CheckSchedules(run);
        else
            Train(run);
    }

    static void Train(ParityRun run)
    {
        ParitySetting settings = run.Case.Settings;
        int count = run.Case.Names.Count(n => n.StartsWith(Values, StringComparison.Ordinal));
        if (count == 0)
            throw new FileFormatException(run.Case.Path, $"the case has no '{Values}0'; an optimizer needs parameters.");
        int steps = run.Case.ShapeOf($"{Gradients}0")[0];
        Parameter[] parameters = [.. Enumerable.Range(0, count).Select(
            k => new Parameter($"param{k}", run.Tensor($"{Values}{k}"), ParameterLayout.AsInFile))];
        using Optimizer optimizer = Create(run.Case, parameters);
        LearningRateSchedule schedule = Schedule(
            run.Case, settings["lr_scheduler"].Text, settings["warmup_steps"].Count, settings["total_steps"].Count);
        double? clip = settings.Has("clip_grad_norm") ? settings["clip_grad_norm"].Number : null;

        var rates = new List<double>();
        var norms = new List<double>();
        List<double>[] found = [.. parameters.Select(_ => new List<double>())];
        for (int step = 0; step < steps; step++)
        {
            for (int k = 0; k < count; k++)
                SetGradient(parameters[k].Value, run.Row($"{Gradients}{k}", step));
            rates.Add(settings["lr"].Number * schedule.Multiplier(step));
            norms.Add(GradientNorm.Of(parameters));
            optimizer.Step(rates[^1], clip is { } most ? GradientNorm.Coefficient(norms[^1], most) : 1);
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
        ParitySetting settings = recorded.Settings;
        double decay = settings.Has("weight_decay") ? settings["weight_decay"].Number : 0;
        string type = settings["type"].Text;
        switch (type)
        {
            case "Adam":
                return new Adam(parameters, Betas()[0], Betas()[1], settings["eps"].Number, decay);
            case "AdamW":
                return new AdamW(parameters, Betas()[0], Betas()[1], settings["eps"].Number, decay);
            case "SGD":
                double momentum = settings.Has("momentum") ? settings["momentum"].Number : 0;
                return new Sgd(parameters, momentum, settings.Has("nesterov") && settings["nesterov"].Flag, decay);
            default:
                throw new UsageException($"{recorded.Path}: there is no optimizer '{type}'; there are Adam, AdamW and SGD.");
        }

        double[] Betas() => settings["betas"].Numbers(2);
    }

    [GeneratedRegex(@"^output\.(?<kind>\w+)_warm(?<warm>\d{1,9})_total(?<total>\d{1,9})$")]
    private static partial Regex ScheduleName();
}
