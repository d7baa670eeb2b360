namespace AlignT2I.Training.Prompts;

/// <summary>A place that prompts put things in.</summary>
/// <param name="Name">Its name in prompts.jsonl: "moon".</param>
/// <param name="Phrase">What a prompt says at its end: "on the moon".</param>
public sealed record GrammarBackground(string Name, string Phrase);
