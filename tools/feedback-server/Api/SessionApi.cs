using System.Net;
using AlignT2I.FeedbackServer.Hosting;
using AlignT2I.FeedbackServer.Storage;
using AlignT2I.FeedbackServer.Studies;

namespace AlignT2I.FeedbackServer.Api;

/// <summary>Signing in with the token of an invitation, which then stays in a cookie.</summary>
internal static class SessionApi
{
    public static void Map(IEndpointRouteBuilder routes, Desk desk, bool secureCookie)
    {
        var cookie = new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = secureCookie,
            Path = "/",
            MaxAge = TimeSpan.FromDays(90),
        };
        routes.MapPost("/api/session", async context =>
        {
            SessionRequest request = await context.ReadAsync(ApiJson.Default.SessionRequest);
            RaterRow rater = desk.Read(study => study.People.Authenticate(request.Token))
                ?? throw new Refusal(HttpStatusCode.Unauthorized, "This invitation is not valid (any more); ask for a new link.");
            context.Items[typeof(RaterRow)] = rater;
            SessionReply reply = Reply(context, desk, request.Token);
            context.Response.Cookies.Append(Guard.Cookie(context.Request.Host), request.Token, cookie);
            await context.WriteAsync(reply, ApiJson.Default.SessionReply);
        });
        routes.MapGet("/api/session", context =>
            context.WriteAsync(Reply(context, desk, Guard.Token(context.Request)), ApiJson.Default.SessionReply));
        routes.MapDelete("/api/session", context =>
        {
            context.Response.Cookies.Delete(Guard.Cookie(context.Request.Host), cookie);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        });
        routes.MapPost("/api/heartbeat", async context =>
        {
            RaterRow rater = context.Rater();
            await desk.ChangeAsync((study, now, _) => study.Queries.Renew(rater.Id, now));
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        });
        routes.MapGet("/api/instructions", context =>
        {
            context.Rater();
            return context.Response.WriteAsync(desk.Read(study => study.Instructions));
        });
    }

    static SessionReply Reply(HttpContext context, Desk desk, string? token)
    {
        RaterRow rater = context.Rater();
        return desk.Read(study => new SessionReply(
            rater.Name, rater.IsAdministrator, Secret.RequestToken(token!), (int)study.Options.Lease.TotalSeconds,
            study.Comparing.Comparisons.Any(c => c.IsOpen)));
    }
}
