using System.Net;
using AlignT2I.FeedbackServer.Api;
using AlignT2I.FeedbackServer.Storage;
using AlignT2I.FeedbackServer.Studies;
using AlignT2I.Files;
using Microsoft.AspNetCore.Http.Features;

namespace AlignT2I.FeedbackServer.Hosting;

/// <summary>What every request passes: headers that tie the browser's hands, the host's name, who asks, and where a change comes
/// from.</summary>
/// <param name="desk">The study, which knows the raters.</param>
/// <param name="hosts">Names that the server is called by; null for any. Against pages that point their own name at this machine.</param>
internal sealed class Guard(Desk desk, string[]? hosts)
{
    /// <summary>The header that each change carries.</summary>
    public const string RequestTokenHeader = "X-Request-Token";

    const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>The cookie that holds the token of an invitation, out of reach of scripts. Browsers share cookies between the ports of
    /// a machine, so a study on another port has another.</summary>
    public static string Cookie(HostString host) => host.Port is int port ? $"feedback-{port}" : "feedback";

    /// <summary>The token in that cookie; null where there is none.</summary>
    public static string? Token(HttpRequest request) => request.Cookies[Cookie(request.Host)];

    /// <summary>Lets a request through or turns it down with a sentence.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        AddHeaders(context.Response.Headers);
        try
        {
            if (hosts is not null && !hosts.Contains(context.Request.Host.Host, StringComparer.OrdinalIgnoreCase))
                throw new Refusal(HttpStatusCode.MisdirectedRequest, "The server is not known by this name; start it with --public-host.");
            RaterRow? rater = desk.Read(study => study.People.Authenticate(Token(context.Request)));
            if (rater is not null)
                context.Items[typeof(RaterRow)] = rater;
            if (!HttpMethods.IsGet(context.Request.Method))
                CheckOrigin(context, rater);
            await next(context);
        }
        catch (Exception e) when (
            e is Refusal or UsageException or FileFormatException or BadHttpRequestException && !context.Response.HasStarted)
        {
            context.Response.StatusCode = e switch
            {
                Refusal refusal => (int)refusal.Status,
                BadHttpRequestException bad => bad.StatusCode,
                _ => StatusCodes.Status400BadRequest,
            };
            await context.Response.WriteAsJsonAsync(new ErrorReply(e.Message), ApiJson.Default.ErrorReply);
        }
        catch (StorageException e) when (!context.Response.HasStarted)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            await context.Response.WriteAsJsonAsync(new ErrorReply(e.Message), ApiJson.Default.ErrorReply);
        }
    }

    /// <summary>Allows one request a larger body than the others.</summary>
    public static void AllowBody(HttpContext context, long bytes)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = bytes;
    }

    static void AddHeaders(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        headers.CacheControl = "no-store";
    }

    /// <summary>A change comes from a page of this server, which alone can read the request token; another site's form cannot send
    /// it.</summary>
    static void CheckOrigin(HttpContext context, RaterRow? rater)
    {
        string? origin = context.Request.Headers.Origin;
        string own = $"{context.Request.Scheme}://{context.Request.Host}", proxied = $"https://{context.Request.Host}";
        if (origin is not null && origin != own && origin != proxied)
            throw new Refusal(HttpStatusCode.Forbidden, "The request comes from another site.");
        if (!context.Request.HasJsonContentType() && !context.Request.Path.StartsWithSegments("/api/admin/import"))
            throw new Refusal(HttpStatusCode.UnsupportedMediaType, "A change is sent as JSON.");
        if (rater is null)
            return;     // without a cookie there is nothing that another site could misuse
        string expected = Secret.RequestToken(Token(context.Request)!);
        string? given = context.Request.Headers[RequestTokenHeader];
        bool isSignIn = context.Request.Path == "/api/session" && HttpMethods.IsPost(context.Request.Method);
        if (!isSignIn && (given is null
            || !Secret.Same(System.Text.Encoding.UTF8.GetBytes(expected), System.Text.Encoding.UTF8.GetBytes(given))))
            throw new Refusal(HttpStatusCode.Forbidden, "The request lacks the page's request token; reload the page.");
    }
}
