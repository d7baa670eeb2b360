using System.Net;
using AlignT2I.FeedbackServer.Figures;
using AlignT2I.FeedbackServer.Storage;
using AlignT2I.FeedbackServer.Studies;
using AlignT2I.Files;

namespace AlignT2I.FeedbackServer.Api;

/// <summary>The administrator's side: people, figures, instructions, the study's state.</summary>
internal static class AdminApi
{
    const int MostInstructionChars = 20_000;

    public static void Map(IEndpointRouteBuilder routes, Desk desk, string runFolder)
    {
        MapPeople(routes, desk);
        routes.MapGet("/api/admin/overview", async context =>
        {
            context.Administrator();
            (Snapshot snapshot, bool isPaused, double share) = desk.Read(
                study => (Snapshot.Of(study), study.IsPaused, Share(study.Labelling.Schedule)));
            int raters = desk.Read(study => study.Options.RatersPerImage);
            await context.WriteAsync(Overview.Of(snapshot, isPaused, share, raters, RunImages.Sets(runFolder)), ApiJson.Default.Overview);
        });
        routes.MapPost("/api/admin/pause", async context =>
        {
            context.Administrator();
            SwitchRequest request = await context.ReadAsync(ApiJson.Default.SwitchRequest);
            await desk.ChangeAsync((study, _, journal) => study.SetPaused(request.On, journal));
            await DoneAsync(context, request.On ? "The study is paused: nobody gets new queries." : "The study goes on.");
        });
        routes.MapPost("/api/admin/instructions", async context =>
        {
            context.Administrator();
            TextRequest request = await context.ReadAsync(ApiJson.Default.TextRequest);
            if (request.Text.Length > MostInstructionChars)
                throw new Refusal(HttpStatusCode.BadRequest,
                    $"The instructions have {request.Text.Length} characters; at most {MostInstructionChars} are kept.");
            if (request.Text.Contains('\0'))
                throw new Refusal(HttpStatusCode.BadRequest, "The instructions have a NUL character, which is not stored.");
            await desk.ChangeAsync((study, _, journal) => study.SetInstructions(request.Text, journal));
            await DoneAsync(context, "The instructions are saved; raters see them at once.");
        });
        routes.MapPost("/api/admin/comparisons", async context =>
        {
            context.Administrator();
            ComparisonRequest request = await context.ReadAsync(ApiJson.Default.ComparisonRequest);
            var pairs = ComparisonBuilder.Pairs(runFolder, request.First, request.Second, request.ImagesPerPrompt);
            await desk.ChangeAsync((study, now, journal) =>
                study.Comparing.Start(request.First, request.Second, study.Options.RatersPerComparison, pairs, now, journal));
            await DoneAsync(context, $"{Printable.Count(pairs.Count, "prompt is", "prompts are")} compared.");
        });
        routes.MapPost("/api/admin/comparisons/{id}/open", async context =>
        {
            context.Administrator();
            int id = context.RouteNumber("id");
            SwitchRequest request = await context.ReadAsync(ApiJson.Default.SwitchRequest);
            await desk.ChangeAsync((study, _, journal) => study.Comparing.SetOpen(
                study.Comparing.Find(id) ?? throw new Refusal(HttpStatusCode.NotFound, "There is no such comparison."), request.On,
                journal));
            await DoneAsync(context, request.On ? "The comparison is open." : "The comparison is closed.");
        });
    }

    public static Task DoneAsync(HttpContext context, string message) =>
        context.WriteAsync(new DoneReply(message), ApiJson.Default.DoneReply);

    static void MapPeople(IEndpointRouteBuilder routes, Desk desk)
    {
        routes.MapPost("/api/admin/invite", async context =>
        {
            context.Administrator();
            InviteRequest request = await context.ReadAsync(ApiJson.Default.InviteRequest);
            (RaterRow rater, string token) = await desk.ChangeAsync((study, now, journal) =>
                study.People.Invite(request.Name, request.Administrator, now, journal));
            await context.WriteAsync(new InviteReply(rater.Name, $"/join#{token}"), ApiJson.Default.InviteReply);
        });
        routes.MapPost("/api/admin/raters/{id}/link", async context =>
        {
            context.Administrator();
            int id = context.RouteNumber("id");
            InviteReply reply = await desk.ChangeAsync((study, _, journal) =>
            {
                RaterRow rater = Find(study, id);
                return new InviteReply(rater.Name, $"/join#{People.NewToken(rater, journal)}");
            });
            await context.WriteAsync(reply, ApiJson.Default.InviteReply);
        });
        routes.MapPost("/api/admin/raters/{id}/status", async context =>
        {
            context.Administrator();
            int id = context.RouteNumber("id");
            StatusRequest request = await context.ReadAsync(ApiJson.Default.StatusRequest);
            string name = await desk.ChangeAsync((study, _, journal) =>
            {
                study.SetStatus(Find(study, id), request.Status, journal);
                return study.People[id].Name;
            });
            await DoneAsync(context, request.Status switch
            {
                RaterStatus.Active => $"{name} gets queries, and the labels count.",
                RaterStatus.Paused => $"{name} gets no new queries; the labels count.",
                _ => $"{name} is excluded; the labels stay stored and do not count.",
            });
        });
    }

    static RaterRow Find(Study study, int id) =>
        study.People.Find(id) ?? throw new Refusal(HttpStatusCode.NotFound, "There is no such rater.");

    static double Share(Schedule schedule) => schedule.Wanted == 0 ? 0 : (double)schedule.Judgements / schedule.Wanted;
}
