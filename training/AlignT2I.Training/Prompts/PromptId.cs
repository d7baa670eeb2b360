using System.Text;

namespace AlignT2I.Training.Prompts;

/// <summary>Ids of prompts, which are parts of file names.</summary>
public static class PromptId
{
    const int MaxChars = 80;

    /// <summary>Letters, digits and hyphens of a text: "A cup, red" is <c>a-cup-red</c>.</summary>
    public static string Of(string text)
    {
        var id = new StringBuilder();
        foreach (char c in text.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(c))
                id.Append(c);
            else if (id.Length > 0 && id[^1] != '-')
                id.Append('-');
        }
        string whole = id.ToString().Trim('-');
        return whole.Length == 0 ? "prompt" : whole[..Math.Min(whole.Length, MaxChars)].TrimEnd('-');
    }

    /// <summary>The id, with -2, -3 and so on behind it where it was given before.</summary>
    /// <param name="id">An id.</param>
    /// <param name="used">How often each was given; counted on.</param>
    public static string Distinct(string id, Dictionary<string, int> used)
    {
        int count = used[id] = used.GetValueOrDefault(id) + 1;
        return count == 1 ? id : Distinct($"{id}-{count}", used);
    }
}
