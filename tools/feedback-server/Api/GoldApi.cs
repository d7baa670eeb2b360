using System.Net;
using System.Text.RegularExpressions;
using AlignT2I.Feedback;
using AlignT2I.FeedbackServer.Hosting;
using AlignT2I.FeedbackServer.Storage;
using AlignT2I.FeedbackServer.Studies;

namespace AlignT2I.FeedbackServer.Api;

/// <summary>The images for administrators, who choose gold questions among them, and the examples of the instructions for
/// everybody.</summary>
internal static partial class GoldApi
{
    const int PageSize = 24;

    public static void Map(IEndpointRouteBuilder routes, Desk desk, ImageFiles images)
    {
        routes.MapGet("/api/admin/images/{page}", context =>
        {
            context.Administrator();
            int page = context.RouteNumber("page");
            return context.WriteAsync(desk.Read(study => Page(study, page)), ApiJson.Default.AdminImagesReply);
        });
        routes.MapGet("/api/admin/image/{id}", context =>
        {
            context.Administrator();
            int id = context.RouteNumber("id");
            return images.WriteAsync(context, desk.Read(study => Find(study, id).File));
        });
        routes.MapPost("/api/admin/gold", async context =>
        {
            context.Administrator();
            GoldRequest request = await context.ReadAsync(ApiJson.Default.GoldRequest);
            if (request.Answer == FeedbackLabel.Skip)
                throw new Refusal(HttpStatusCode.BadRequest, "The right answer of a gold question is good or bad.");
            await desk.ChangeAsync((study, _, journal) => study.Gallery.SetGold(Find(study, request.Image), request.Answer, journal));
            await AdminApi.DoneAsync(context, request.Answer is null ? "It is no gold question any more." : "It is a gold question.");
        });
        routes.MapGet("/example/{number}", context =>
        {
            context.Rater();
            int number = context.RouteNumber("number");
            string file = desk.Read(study => ExampleOf(study, number))
                ?? throw new Refusal(HttpStatusCode.NotFound, "The instructions have no such example, or its image is not in the study.");
            return images.WriteAsync(context, file);
        });
    }

    /// <summary>The image of the n-th example line of the instructions: <c>[good] images/four-circles-0001.png Four circles, no
    /// more.</c></summary>
    static string? ExampleOf(Study study, int number)
    {
        MatchCollection examples = ExampleLine().Matches(study.Instructions);
        return number < examples.Count ? study.Gallery.Find(examples[number].Groups["file"].Value)?.File : null;
    }

    static AdminImagesReply Page(Study study, int page)
    {
        ILookup<int, FeedbackLabel> labels = study.Labelling.Labels.Where(l => study.People.Counts(l.RaterId))
            .ToLookup(l => l.ImageId, l => l.Label);
        IEnumerable<ImageRow> images = study.Gallery.All.OrderByDescending(i => i.Gold is not null).ThenBy(i => i.Id);
        return new AdminImagesReply(study.Gallery.All.Count,
        [
            .. images.Skip(page * PageSize).Take(PageSize).Select(i => new AdminImage(
                i.Id, i.File, i.Prompt, i.Gold, labels[i.Id].Count(l => l == FeedbackLabel.Good),
                labels[i.Id].Count(l => l == FeedbackLabel.Bad))),
        ]);
    }

    static ImageRow Find(Study study, int id) =>
        study.Gallery.Find(id) ?? throw new Refusal(HttpStatusCode.NotFound, "There is no such image.");

    [GeneratedRegex(@"^\[(good|bad|skip)\] +(?<file>\S+)", RegexOptions.Multiline)]
    private static partial Regex ExampleLine();
}
