using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using AlignT2I.Engine;
using AlignT2I.Files;

namespace AlignT2I.CommandLine;

/// <summary>Options that several commands have, and what is done with them.</summary>
public static class CommandOptions
{
    /// <summary><c>--model</c>: a diffusers folder; the miniature where it is left out.</summary>
    public static Option<DirectoryInfo?> Model() =>
        new("--model") { Description = "the model: a diffusers folder [default: the miniature that ships]" };

    /// <summary><c>--run</c>: the run folder.</summary>
    /// <param name="description">What it is to this command.</param>
    public static Option<DirectoryInfo> Run(string description) => new("--run") { Description = description, Required = true };

    /// <summary><c>--config</c>: options from a JSON file.</summary>
    public static Option<FileInfo?> Config() =>
        new("--config") { Description = "options from a JSON file, names in camel case; flags win" };

    /// <summary><c>--device</c>: where it is computed.</summary>
    public static Option<string> Device() =>
        new("--device") { Description = "what computes: cpu, cuda or cuda:N", DefaultValueFactory = _ => "cpu" };

    /// <summary><c>--dtype</c>: what networks compute in.</summary>
    public static Option<string?> ComputeType()
    {
        Option<string?> option = new("--dtype")
        {
            Description = "type of weights and computation: float32, bfloat16 or float16 [default: float32; on a GPU bfloat16]",
        };
        option.AcceptOnlyFromAmong("float32", "bfloat16", "float16");
        return option;
    }

    /// <summary>Opens the device that was asked for.</summary>
    /// <exception cref="UsageException">There is no such name.</exception>
    /// <exception cref="AlignT2I.Native.CudaUnavailableException">The machine has no such GPU, or a library is missing.</exception>
    public static Backend Backend(this ParseResult parse, Option<string> device) => Engine.Backend.Open(parse.GetRequiredValue(device));

    /// <summary>The type that was asked for, or the device's own.</summary>
    public static DType ComputeType(this ParseResult parse, Option<string?> dtype, Backend backend) =>
        parse.GetValue(dtype) is { } name ? DTypes.Named(name)!.Value : backend.ComputeType;

    /// <summary><c>--json</c>: a result for programs.</summary>
    public static Option<bool> Json() =>
        new("--json") { Description = "print the result as JSON on standard output, everything else on standard error" };

    /// <summary><c>--seed</c>.</summary>
    /// <param name="description">What it decides.</param>
    public static Option<ulong> Seed(string description) => new("--seed") { Description = description, DefaultValueFactory = _ => 0 };

    /// <summary>An option whose default goes with the model: it has no value where it is not given.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it is.</param>
    /// <param name="value">The default.</param>
    /// <param name="miniature">That of the miniature.</param>
    public static Option<T> ByModel<T>(string name, string description, T value, T miniature)
    {
        string others = EqualityComparer<T>.Default.Equals(value, miniature) ? ""
            : FormattableString.Invariant($"; for the miniature {miniature}");
        return new(name) { Description = description + FormattableString.Invariant($" [default: {value}{others}]").ToLowerInvariant() };
    }

    /// <summary>The value given on the command line, or else another: the one of a file.</summary>
    public static T Or<T>(this ParseResult parse, Option<T> option, T otherwise) =>
        parse.GetResult(option) is { Implicit: false } ? parse.GetRequiredValue(option) : otherwise;

    /// <summary>The folder of the model: the one named, or the miniature beside the program.</summary>
    /// <exception cref="UsageException">There is no such folder.</exception>
    public static string ModelFolder(this ParseResult parse, Option<DirectoryInfo?> option)
    {
        if (parse.GetValue(option) is { } named)
        {
            return named.Exists ? named.ToString()
                : throw new UsageException($"{named}: there is no such folder; name a diffusers folder, the one with model_index.json.");
        }
        string miniature = Path.Combine(AppContext.BaseDirectory, "miniature");
        return Directory.Exists(miniature) ? miniature
            : throw new UsageException($"{miniature}: the miniature is not there; build the program again, or name a model with --model.");
    }

    /// <summary>The description of a command, with an example at its end.</summary>
    /// <param name="description">What it does, in a sentence or two.</param>
    /// <param name="example">A command line that works.</param>
    public static string WithExample(string description, string example) => $"{description}\n\nExample:\n  {example}";

    /// <summary>A number in the invariant culture.</summary>
    public static string Text(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
