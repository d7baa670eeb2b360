namespace AlignT2I.Files;

/// <summary>
/// The user asked for something that cannot be done: a wrong option, a file that is not there. Programs end with exit code 2.
/// </summary>
public sealed class UsageException : Exception
{
    /// <summary>Takes the sentence the user will read.</summary>
    /// <param name="message">What was asked, why it cannot be done, and what to do.</param>
    /// <param name="cause">The error underneath, if any.</param>
    public UsageException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
