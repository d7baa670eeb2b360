using System.Net;
using AlignT2I.FeedbackServer.Studies;
using AlignT2I.Files;

namespace AlignT2I.FeedbackServer.Hosting;

/// <summary>What the server serves, where it listens, and whom it trusts.</summary>
internal sealed record ServerOptions
{
    public required string RunFolder { get; init; }

    /// <summary>Connection string of PostgreSQL; null for SQLite in the run folder.</summary>
    public string? Database { get; init; }

    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>0 for any free one.</summary>
    public int Port { get; init; } = 8080;

    /// <summary>TLS certificate, PEM or PKCS #12; null for plain HTTP.</summary>
    public string? Certificate { get; init; }

    /// <summary>Private key of a PEM certificate where it is in a file of its own.</summary>
    public string? CertificateKey { get; init; }

    /// <summary>Whether plain HTTP is wanted on an address that others reach.</summary>
    public bool AllowPlainHttp { get; init; }

    /// <summary>Name under which a reverse proxy on this machine serves the application over TLS; null where there is none.</summary>
    public string? PublicHost { get; init; }

    public StudyOptions Study { get; init; } = new();

    /// <summary>Checks what can be checked before anything is opened.</summary>
    /// <exception cref="UsageException">An option is out of range, or others could listen to what raters send.</exception>
    public void Validate()
    {
        if (Port is < 0 or > 65535)
            throw new UsageException($"--port is {Port}; expected 0 to 65535.");
        if (Certificate is null && CertificateKey is not null)
            throw new UsageException("--certificate-key needs --certificate: the certificate that the key belongs to.");
        if (!IPAddress.IsLoopback(Address) && Certificate is null && !AllowPlainHttp)
        {
            throw new UsageException($"--address {Address} can be reached by others, and without TLS they can read the tokens of raters; "
                + "give a --certificate, or say --allow-plain-http where the network is trusted.");
        }
        Study.Validate();
    }
}
