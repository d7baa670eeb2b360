using System.Globalization;
using System.Text.Json;
using AlignT2I.Files;

namespace AlignT2I.Bench;

/// <summary>Measures cases one after another and prints each as soon as it is done.</summary>
internal static class BenchRun
{
    const int WrongResult = 1, BusyMachine = 3, WarmUps = 2;

    /// <summary>Runs the cases that the filter leaves.</summary>
    /// <param name="cases">All there are.</param>
    /// <param name="options">Which of them, for how long, and how they are printed.</param>
    /// <param name="output">Where they are printed.</param>
    /// <param name="errors">Where it is said that others use the machine.</param>
    /// <returns>Exit code: 0; 1 where a result is wrong; 3 where others use the machine, and no line for what they disturbed.</returns>
    /// <exception cref="UsageException">No case has the filter in its name.</exception>
    public static int Run(IReadOnlyList<NamedCase> cases, MeasuringOptions options, TextWriter output, TextWriter errors)
    {
        foreach (string text in options.Filters.Where(text => !cases.Any(c => Has(c, text))))
        {
            string names = string.Join(", ", cases.Select(c => c.Name));
            throw new UsageException($"no case has '{text}' in its name; the names are {names}.");
        }
        List<NamedCase> chosen = [.. cases.Where(c => options.Filters.Count == 0 || options.Filters.Any(text => Has(c, text)))];
        if (!options.Anyway && MachineWatch.OthersNow() is > MachineWatch.Allowed and var now)
            return Refuse("before the first case was measured", now, errors);
        if (!options.Json)
            output.WriteLine(Heading);
        bool right = true;
        foreach (NamedCase named in chosen)
        {
            Measurement m = Measure(named, options);
            if (!options.Anyway && m.Others > MachineWatch.Allowed)
                return Refuse($"while {m.Name} was measured", m.Others, errors);
            output.WriteLine(options.Json ? JsonSerializer.Serialize(m, MeasurementJson.Default.Measurement) : Line(m));
            right &= m.Result == Measurement.Right;
        }
        return right ? 0 : WrongResult;
    }

    static bool Has(NamedCase c, string text) => c.Name.Contains(text, StringComparison.Ordinal);

    static Measurement Measure(NamedCase named, MeasuringOptions options)
    {
        PeakMemory.Restart();
        using BenchCase c = named.Make();
        return Stopclock.Measure(c, WarmUps, options.Runs, options.Seconds);
    }

    static int Refuse(string when, double others, TextWriter errors)
    {
        errors.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{when}, other programs or guests took {100 * others:0}% of the processors; end them, or measure with --anyway."));
        return BusyMachine;
    }

    static string Heading => $"{"case",-38} {"dtype",-5} {"median",11} {"min",11} {"max",11} {"",15} {"memory",8}  result";

    static string Line(Measurement m)
    {
        string rate = m.Gbps is { } gbps ? Text($"{gbps:0.0} GB/s") : Text($"{m.Gflops:0.0} GFLOP/s");
        string others = m.Others > MachineWatch.Allowed ? Text($"  others took {100 * m.Others:0}% of the processors") : "";
        string outside = m.OutsideKernels is not { } share ? ""
            : Text($"  {m.ImagesPerS:0.00} images/s, outside kernels at most {100 * share:0.0}%");
        return Text($"{m.Name,-38} {m.Dtype,-5} {Time(m.MsMedian)} {Time(m.MsMin)} {Time(m.MsMax)} {rate,15} ")
            + Text($"{m.PeakMemMb / 1024.0,4:0.0} GiB  {m.Result}") + outside + others;
    }

    static string Time(double ms) => ms switch
    {
        < 10 => Text($"{ms,8:0.000} ms"),
        < 1000 => Text($"{ms,8:0.0} ms"),
        _ => Text($"{ms / 1e3,9:0.00} s"),
    };

    static string Text(FormattableString text) => FormattableString.Invariant(text);
}
