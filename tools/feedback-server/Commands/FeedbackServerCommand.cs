using System.CommandLine;
using System.Net;
using System.Runtime.InteropServices;
using AlignT2I.FeedbackServer.Api;
using AlignT2I.FeedbackServer.Hosting;
using AlignT2I.FeedbackServer.Studies;
using AlignT2I.Files;

namespace AlignT2I.FeedbackServer.Commands;

/// <summary><c>feedback-server</c>: serves the web application until it is stopped.</summary>
internal static class FeedbackServerCommand
{
    static readonly StudyOptions study = new();

    static readonly Option<DirectoryInfo> run = StudyCommand.Run();
    static readonly Option<string?> database = StudyCommand.Database();

    static readonly Option<string> address = new("--address")
    {
        Description = "address to listen on",
        DefaultValueFactory = _ => "127.0.0.1",
    };

    static readonly Option<int> port = new("--port")
    {
        Description = "port to listen on; 0 for any free one",
        DefaultValueFactory = _ => 8080,
    };

    static readonly Option<FileInfo?> certificate = new("--certificate")
    {
        Description = "TLS certificate: PKCS #12 without password, or PEM",
    };

    static readonly Option<FileInfo?> certificateKey = new("--certificate-key") { Description = "private key of a PEM certificate" };

    static readonly Option<bool> allowPlainHttp = new("--allow-plain-http")
    {
        Description = "serve others without TLS: on a trusted network only",
    };

    static readonly Option<string?> publicHost = new("--public-host")
    {
        Description = "name under which a reverse proxy on this machine serves it over TLS",
    };

    static readonly Option<int> ratersPerImage = new("--raters-per-image")
    {
        Description = "different raters that judge each image",
        DefaultValueFactory = _ => study.RatersPerImage,
    };

    static readonly Option<int> ratersPerComparison = new("--raters-per-comparison")
    {
        Description = "different raters that judge each prompt of a new comparison",
        DefaultValueFactory = _ => study.RatersPerComparison,
    };

    static readonly Option<int> goldInterval = new("--gold-interval")
    {
        Description = "a rater gets a gold question, if there are any, with every so many queries",
        DefaultValueFactory = _ => study.GoldInterval,
    };

    static readonly Option<double> lease = new("--lease")
    {
        Description = "seconds that a query waits for a page that is not heard of before it goes to others",
        DefaultValueFactory = _ => study.Lease.TotalSeconds,
    };

    public static RootCommand Create()
    {
        var command = new RootCommand(
            "The web application for raters: people label a run's images good, bad or skip, and compare models.\n\n"
            + "Example:\n  feedback-server --run runs/a")
        {
            run, database, address, port, certificate, certificateKey, allowPlainHttp, publicHost, ratersPerImage, ratersPerComparison,
            goldInterval, lease, InviteCommand.Create(), ImportCommand.Create(), ExportCommand.Create(),
        };
        command.SetAction((parse, cancellation) => ServeAsync(Options(parse), cancellation));
        return command;
    }

    static ServerOptions Options(ParseResult parse) => new()
    {
        RunFolder = StudyCommand.Existing(parse.GetRequiredValue(run)),
        Database = parse.GetValue(database),
        Address = IPAddress.TryParse(parse.GetRequiredValue(address), out IPAddress? parsed) ? parsed
            : throw new UsageException(
                $"--address is '{parse.GetRequiredValue(address)}'; expected an IP address such as 127.0.0.1 or 0.0.0.0."),
        Port = parse.GetRequiredValue(port),
        Certificate = parse.GetValue(certificate)?.ToString(),
        CertificateKey = parse.GetValue(certificateKey)?.ToString(),
        AllowPlainHttp = parse.GetValue(allowPlainHttp),
        PublicHost = parse.GetValue(publicHost),
        Study = new StudyOptions
        {
            RatersPerImage = parse.GetRequiredValue(ratersPerImage),
            RatersPerComparison = parse.GetRequiredValue(ratersPerComparison),
            GoldInterval = parse.GetRequiredValue(goldInterval),
            Lease = TimeSpan.FromSeconds(Math.Clamp(parse.GetRequiredValue(lease), 0, 1e6)),
        },
    };

    static async Task<int> ServeAsync(ServerOptions options, CancellationToken cancellation)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        await using Server server = await Server.StartAsync(options);
        string url = options.PublicHost is null ? server.Url : $"https://{options.PublicHost}";
        await Welcome.PrintAsync(server.Desk, url, options.RunFolder, Console.Out);
        try
        {
            await Task.Delay(Timeout.Infinite, stop.Token);
        }
        catch (OperationCanceledException)
        {
            Publish(server.Desk, options.RunFolder);
        }
        return 0;
    }

    /// <summary>Leaves the labels where train-reward reads them.</summary>
    static void Publish(Desk desk, string runFolder)
    {
        if (desk.Read(study => study.Feedback().Length == 0))
        {
            Console.Out.WriteLine("Stopped; there are no labels yet.");
            return;
        }
        try
        {
            string path = desk.Publish(runFolder, out int labels);
            Console.Out.WriteLine($"Stopped; {Printable.Count(labels, "label is", "labels are")} in {path}.");
        }
        catch (UsageException e)
        {
            Console.Error.WriteLine(
                $"Stopped; the labels are stored, but not written as feedback.jsonl: {e.Message} Then: feedback-server export.");
        }
    }
}
