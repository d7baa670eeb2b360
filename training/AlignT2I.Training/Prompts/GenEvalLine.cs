namespace AlignT2I.Training.Prompts;

/// <summary>A line of GenEval's prompts,
/// {"tag": "counting", "include": [{"class": "bowl", "count": 4}], "prompt": "a photo of four bowls"}.</summary>
/// <param name="Tag">What it tests: single_object, two_object, counting, colors, position, color_attr.</param>
/// <param name="Prompt">The text.</param>
/// <param name="Include">What the image must show.</param>
internal sealed record GenEvalLine(string? Tag = null, string? Prompt = null, IReadOnlyList<GenEvalObject>? Include = null)
{
    /// <summary>The prompt with what is known of it; attributes only where it is about one kind of object.</summary>
    public Prompt ToPrompt(string id, PromptSplit split)
    {
        GenEvalObject? only = Include is [{ } one] ? one : null;
        PromptCategory category = Tag switch
        {
            "counting" => PromptCategory.Count,
            "colors" or "color_attr" => PromptCategory.Color,
            _ => PromptCategory.Object,
        };
        return new Prompt(id, Prompt!, category, split, only?.Class, Tag == "counting" ? only?.Count : null, only?.Color);
    }
}
