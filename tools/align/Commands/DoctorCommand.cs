using System.CommandLine;
using System.Text.Json;
using AlignT2I.Align.Doctor;
using AlignT2I.CommandLine;
using AlignT2I.Native;

namespace AlignT2I.Align.Commands;

/// <summary><c>align doctor</c>: what this machine has for the work, and what is missing.</summary>
internal static class DoctorCommand
{
    const int Missing = 3;

    static readonly Option<bool> json = CommandOptions.Json();

    public static Command Create()
    {
        string description = CommandOptions.WithExample(
            "Say what this machine has: CPU, memory, GPUs, the libraries for them and for images; where each is, which version, and how "
            + "to install what is missing. Exit code 3 where anything is.",
            "align doctor");
        var command = new Command("doctor", description) { json };
        command.SetAction(parse =>
        {
            DoctorReport found = DoctorReport.Take();
            if (parse.GetValue(json))
                Console.Out.WriteLine(JsonSerializer.Serialize(found, DoctorJson.Default.DoctorReport));
            else
                Print(found);
            return found.Advice.Any() ? Missing : 0;
        });
        return command;
    }

    static void Print(DoctorReport found)
    {
        Report report = new(json: false);
        report.Plan($"AlignT2I {found.Version}",
            ("runtime", found.Runtime), ("threads", $"{found.Threads}"), ("vectors", $"{found.VectorBits} bits"),
            ("memory", Gigabytes(found.MemoryBytes)));
        report.Plan("Libraries", [.. found.Libraries.Select(l => (l.Library, State(l)))]);
        if (found.Devices.Count > 0)
            report.Plan("GPUs", [.. found.Devices.Select(d => (d.Device, State(d)))]);
        foreach (string advice in found.Advice)
            Console.Out.WriteLine($"- {advice}");
        Console.Out.WriteLine(
            found.Advice.Any()
                ? "Without CUDA's libraries the CPU does the work; without an image library its files cannot be read."
                : "Nothing is missing.");
    }

    static string State(LibraryStatus library) => library switch
    {
        { Missing: not null, Path: { } path } => $"unusable, {path}",
        { Missing: not null } => "missing",
        { Version: { } version, Path: { } path } => $"{version}, {path}",
        _ => "found",
    };

    static string State(DeviceStatus d) => $"{d.Name}, {d.Architecture}, {Gigabytes(d.FreeBytes)} of {Gigabytes(d.TotalBytes)} free";

    static string Gigabytes(long bytes) => $"{CommandOptions.Text(Math.Round(bytes / (double)(1 << 30), 1))} GiB";
}
