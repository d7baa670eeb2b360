namespace AlignT2I.Training.Prompts;

/// <summary>An object that an image of a GenEval prompt must show.</summary>
/// <param name="Class">What it is, by COCO's names.</param>
/// <param name="Count">How many.</param>
/// <param name="Color">Its colour, where the prompt says one.</param>
internal sealed record GenEvalObject(string Class, int Count = 1, string? Color = null);
