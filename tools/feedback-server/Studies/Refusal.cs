using System.Net;

namespace AlignT2I.FeedbackServer.Studies;

/// <summary>A request that is turned down; the sentence is for the person at the page.</summary>
/// <param name="status">The status that says so to the page.</param>
/// <param name="message">What was asked, why not, and what to do.</param>
internal sealed class Refusal(HttpStatusCode status, string message) : Exception(message)
{
    public HttpStatusCode Status => status;
}
