using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AlignT2I.CommandLine;
using AlignT2I.Engine;
using AlignT2I.Models.Parity;

namespace AlignT2I.Align.Commands;

/// <summary><c>align parity</c>: holds the engine against recorded results of another implementation.</summary>
internal static class ParityCommand
{
    static readonly Argument<FileInfo[]> cases = new("CASE.safetensors")
    {
        Description = "recorded cases: inputs, results and configuration in one file",
        Arity = ArgumentArity.OneOrMore,
    };

    static readonly Option<string> device = CommandOptions.Device();

    static readonly Option<string> dtype = new("--dtype")
    {
        Description = "type to compute in: float32, bfloat16, float16 or float64",
        DefaultValueFactory = _ => "float32",
    };

    static readonly Option<bool> json = new("--json") { Description = "print one JSON array of reports instead of tables" };

    public static Command Create()
    {
        dtype.AcceptOnlyFromAmong("float32", "bfloat16", "float16", "float64");
        var command = new Command("parity", CommandOptions.WithExample(
            "Run recorded reference cases and compare every result; exit code 1 where one is beyond its tolerance.",
            "align parity tests/goldens/unet/eps-probe.safetensors"))
            { cases, device, dtype, json };
        command.SetAction(parse => Run(
            parse.GetRequiredValue(cases),
            parse.Backend(device),
            DTypes.Named(parse.GetRequiredValue(dtype))!.Value,
            parse.GetValue(json),
            Console.Out));
        return command;
    }

    internal static int Run(IReadOnlyList<FileInfo> files, Backend backend, DType type, bool asJson, TextWriter output)
    {
        var reports = new List<ParityReport>();
        foreach (FileInfo file in files)
        {
            ParityReport report = ParityComponents.Run(file.ToString(), backend, type);
            reports.Add(report);
            if (!asJson)
                Print(report, output);
        }
        if (asJson)
            output.WriteLine(JsonSerializer.Serialize(reports, ParityJson.Default.ListParityReport));
        return reports.All(r => r.Passed) ? 0 : 1;
    }

    static void Print(ParityReport report, TextWriter output)
    {
        output.WriteLine($"{report.Case} ({report.Component})");
        int width = report.Comparisons.Select(c => c.Tensor.Length).DefaultIfEmpty(0).Max();
        foreach (ParityComparison c in report.Comparisons)
        {
            string measure = c.Measure == ParityMeasure.MaxAbs ? "max_abs" : "rel_l2";
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {(c.Passed ? "ok  " : "FAIL")} {c.Tensor.PadRight(width)}  max_abs {c.MaxAbs,9:0.00e+00}" +
                $"  rel_l2 {c.RelativeL2,9:0.00e+00}" +
                $"  {measure} <= {c.Limit:0e+0}{(c.Note.Length == 0 ? "" : "  " + c.Note)}"));
        }
        int failed = report.Comparisons.Count(c => !c.Passed);
        output.WriteLine($"  {report.Comparisons.Count - failed} of {report.Comparisons.Count} within tolerance");
    }
}
