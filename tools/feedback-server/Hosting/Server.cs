using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AlignT2I.FeedbackServer.Api;
using AlignT2I.FeedbackServer.Storage;
using AlignT2I.FeedbackServer.Studies;
using AlignT2I.Files;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AlignT2I.FeedbackServer.Hosting;

/// <summary>The web application for raters on a run folder, listening.</summary>
internal sealed class Server : IAsyncDisposable
{
    const int MostBodyBytes = 64 << 10;

    readonly WebApplication application;
    readonly Database database;

    Server(WebApplication application, Database database, Desk desk) =>
        (this.application, this.database, Desk) = (application, database, desk);

    public Desk Desk { get; }

    /// <summary>Where the pages are, as in <c>http://127.0.0.1:8080</c>.</summary>
    public string Url => application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>Opens the study and starts to listen.</summary>
    /// <exception cref="UsageException">An option is wrong, or another process uses the study.</exception>
    /// <exception cref="StorageException">The database or the port cannot be had.</exception>
    public static async Task<Server> StartAsync(ServerOptions options, TimeProvider? clock = null)
    {
        options.Validate();
        X509Certificate2? certificate = LoadCertificate(options);
        Database database = Database.Open(options.RunFolder, options.Database);
        try
        {
            Desk desk = Desk.Open(database, () => RunImages.Read(options.RunFolder), options.Study, clock);
            WebApplication application = Build(options, certificate, desk);
            try
            {
                await application.StartAsync();
            }
            catch (IOException e)
            {
                throw new StorageException(
                    $"{options.Address}:{options.Port}", "the port cannot be had; another program listens there: choose another --port.",
                    e);
            }
            return new Server(application, database, desk);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Reads what the database holds, past the study in memory.</summary>
    internal T Read<T>(Func<StudyContext, T> read)
    {
        using StudyContext context = database.CreateContext();
        return read(context);
    }

    /// <summary>Stops listening, stores what is under way, closes the database.</summary>
    public async ValueTask DisposeAsync()
    {
        await application.StopAsync();
        await application.DisposeAsync();
        await Desk.DisposeAsync();
        database.Dispose();
    }

    static WebApplication Build(ServerOptions options, X509Certificate2? certificate, Desk desk)
    {
        // The empty builder: no variable of the environment and no file changes where the server listens.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { ApplicationName = "feedback-server" });
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddRoutingCore();
        builder.Logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MostBodyBytes;
            kestrel.Listen(options.Address, options.Port, listen =>
            {
                listen.Protocols = certificate is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
                if (certificate is not null)
                    listen.UseHttps(certificate);
            });
        });
        WebApplication application = builder.Build();
        var guard = new Guard(desk, Hosts(options));
        application.Use(next => context => guard.InvokeAsync(context, next));
        application.UseRouting();
        Assets.Map(application);
        var images = new ImageFiles(options.RunFolder);
        bool secureCookie = certificate is not null || options.PublicHost is not null;
        SessionApi.Map(application, desk, secureCookie);
        LabelApi.Map(application, desk, images);
        CompareApi.Map(application, desk);
        AdminApi.Map(application, desk, options.RunFolder);
        GoldApi.Map(application, desk, images);
        ExchangeApi.Map(application, desk, options.RunFolder);
        return application;
    }

    /// <summary>On the loopback address only names of this machine, and that of the proxy, are served.</summary>
    static string[]? Hosts(ServerOptions options) => !IPAddress.IsLoopback(options.Address) ? null
        : options.PublicHost is null ? ["localhost", "127.0.0.1", "[::1]"] : ["localhost", "127.0.0.1", "[::1]", options.PublicHost];

    static X509Certificate2? LoadCertificate(ServerOptions options)
    {
        if (options.Certificate is not { } path)
            return null;
        try
        {
            if (X509Certificate2.GetCertContentType(path) == X509ContentType.Pkcs12)
                return X509CertificateLoader.LoadPkcs12FromFile(path, password: null);
            return X509Certificate2.CreateFromPemFile(path, options.CertificateKey);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException || StorageException.Covers(e))
        {
            throw new UsageException($"{path}: it is not a certificate with its private key ({Database.FirstLine(e)}); "
                + "give a PKCS #12 file without password, or a PEM certificate and --certificate-key.", e);
        }
    }
}
