using AlignT2I.Engine;
using AlignT2I.Models.Pipelines;

namespace AlignT2I.Training.Generation;

/// <summary>Text states of the prompts to come: each text is encoded once, many at a time, and not again for every batch.</summary>
/// <param name="pipeline">The model.</param>
/// <param name="texts">The texts, each once, in the order in which they are asked for.</param>
/// <param name="negativePrompt">What guidance leads away from.</param>
internal sealed class PromptStates(StableDiffusionPipeline pipeline, IReadOnlyList<string> texts, string negativePrompt) : IDisposable
{
    const int Window = 32;

    readonly Dictionary<string, int> places = texts.Index().ToDictionary(t => t.Item, t => t.Index, StringComparer.Ordinal);
    readonly Tensor negative = Encode(pipeline, [negativePrompt]);
    readonly Dictionary<int, Tensor> windows = [];

    /// <summary>States of the negative prompt [1, S, D].</summary>
    public Tensor Negative => negative;

    /// <summary>States of a batch's texts [N, S, D], in the current memory scope; windows before the
    /// batch's first text are freed.</summary>
    public Tensor Of(IReadOnlyList<string> batch)
    {
        int[] wanted = [.. batch.Select(t => places[t])];
        foreach (int old in windows.Keys.Where(w => w < wanted.Min() / Window).ToArray())
        {
            windows[old].Dispose();
            windows.Remove(old);
        }
        using Tape pause = Tape.Pause();
        using MemoryScope scope = MemoryScope.Open();
        int length = negative.Shape[1], width = negative.Shape[2];
        Tensor? states = null;
        for (int start = 0, end; start < wanted.Length; start = end)
        {
            int key = wanted[start] / Window;
            for (end = start; end < wanted.Length && wanted[end] / Window == key;)
                end++;
            int[] rows = [.. wanted[start..end].Select(p => p % Window)];
            Tensor window = OfWindow(key);
            Tensor part = F.Embedding(Tensor.From(rows, [rows.Length], window.Backend), window.Reshape([window.Shape[0], length * width]))
                .Reshape([rows.Length * length * width]);
            states = states is null ? part : F.Concat(states, part);
        }
        return scope.Keep(states!.Reshape([wanted.Length, length, width]));
    }

    /// <summary>Frees the states.</summary>
    public void Dispose()
    {
        negative.Dispose();
        foreach (Tensor window in windows.Values)
            window.Dispose();
    }

    Tensor OfWindow(int key) => windows.TryGetValue(key, out Tensor? known) ? known
        : windows[key] = Encode(pipeline, [.. texts.Skip(key * Window).Take(Window)]);

    static Tensor Encode(StableDiffusionPipeline pipeline, IReadOnlyList<string> texts)
    {
        using Tape pause = Tape.Pause();
        using MemoryScope scope = MemoryScope.Open();
        return pipeline.Encode(texts).Persist();
    }
}
