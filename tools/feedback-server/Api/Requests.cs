using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AlignT2I.FeedbackServer.Storage;
using AlignT2I.FeedbackServer.Studies;

namespace AlignT2I.FeedbackServer.Api;

/// <summary>What the handlers of requests share.</summary>
internal static class Requests
{
    /// <summary>Who asks.</summary>
    /// <exception cref="Refusal">Nobody is signed in, or the rater is excluded.</exception>
    public static RaterRow Rater(this HttpContext context)
    {
        if (context.Items[typeof(RaterRow)] is not RaterRow rater)
            throw new Refusal(HttpStatusCode.Unauthorized, "Open the link of your invitation to sign in.");
        return rater.Status != RaterStatus.Excluded ? rater
            : throw new Refusal(HttpStatusCode.Forbidden, "Your part in this study has ended. Thank you for your work.");
    }

    /// <summary>The administrator who asks.</summary>
    /// <exception cref="Refusal">It is none.</exception>
    public static RaterRow Administrator(this HttpContext context)
    {
        RaterRow rater = context.Rater();
        return rater.IsAdministrator ? rater : throw new Refusal(HttpStatusCode.Forbidden, "This page is for administrators.");
    }

    /// <summary>The body of a request.</summary>
    /// <exception cref="Refusal">It is not what is expected here.</exception>
    public static async Task<T> ReadAsync<T>(this HttpContext context, JsonTypeInfo<T> type)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted)
                ?? throw new Refusal(HttpStatusCode.BadRequest, "The request is empty.");
        }
        catch (JsonException e)
        {
            throw new Refusal(HttpStatusCode.BadRequest, $"The request is not what is expected here: {e.Message.Split(" Path: ")[0]}");
        }
    }

    /// <summary>Answers with JSON.</summary>
    public static Task WriteAsync<T>(this HttpContext context, T reply, JsonTypeInfo<T> type) =>
        context.Response.WriteAsJsonAsync(reply, type);

    /// <summary>A number of the address.</summary>
    public static int RouteNumber(this HttpContext context, string name) =>
        int.TryParse(context.Request.RouteValues[name] as string, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number
            : throw new Refusal(HttpStatusCode.NotFound, "There is nothing at this address.");
}
