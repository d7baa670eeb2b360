namespace AlignT2I.Training.Prompts;

/// <summary>A thing that prompts speak of.</summary>
/// <param name="Name">One of it, in lower case: "dog".</param>
/// <param name="Plural">Several of it; left out where English makes it by rule ("dogs", "boxes", "cherries").</param>
/// <param name="Article">"a" or "an"; left out where the first letter tells.</param>
/// <param name="Unseen">Whether it is kept out of training prompts, for the evaluation on unseen objects.</param>
public sealed record GrammarObject(string Name, string? Plural = null, string? Article = null, bool Unseen = false)
{
    /// <summary>The word after a number above one.</summary>
    internal string PluralWord => Plural ?? Name switch
    {
        [.., 's' or 'x' or 'z'] or [.., 'c' or 's', 'h'] => Name + "es",
        [.., not ('a' or 'e' or 'i' or 'o' or 'u'), 'y'] => Name[..^1] + "ies",
        _ => Name + "s",
    };
}
