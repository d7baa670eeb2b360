namespace AlignT2I.Models.Clip;

/// <summary>Makes a byte-pair tokenizer for a small list of words, each of which becomes one token.</summary>
/// <remarks>Sennrich et al. 2016, arXiv:1508.07909, run until every word is whole. Any other text still has ids, down to single
/// bytes.</remarks>
public static class BpeTrainer
{
    /// <summary>Trains a tokenizer.</summary>
    /// <param name="words">The words; cleaned as prompts are, so that case does not matter. A word is cut where the tokenizer cuts
    /// prompts.</param>
    /// <param name="modelMaxLength">Ids per prompt, both special tokens included. At least 2.</param>
    /// <returns>
    /// A tokenizer with the 256 bytes, the same ending a word, the merges, begin and end, in this order. The same words in any order
    /// give the same tokenizer.
    /// </returns>
    public static ClipTokenizer Train(IEnumerable<string> words, int modelMaxLength)
    {
        List<List<string>> spelled = [.. words
            .SelectMany(w => ClipText.Words(w, TextCleaning.Transformers))
            .Distinct()
            .Order(StringComparer.Ordinal)
            .Select(Spell)];
        List<(string Left, string Right)> merges = [];
        while (MostFrequentPair(spelled) is { } pair)
        {
            merges.Add(pair);
            foreach (List<string> word in spelled)
                Merge(word, pair);
        }

        Dictionary<string, int> vocabulary = [];
        foreach (byte b in ByteAlphabet.VocabularyOrder)
            vocabulary.Add(ByteAlphabet.Symbol(b).ToString(), vocabulary.Count);
        foreach (byte b in ByteAlphabet.VocabularyOrder)
            vocabulary.Add(ByteAlphabet.Symbol(b) + ClipTokenizer.EndOfWord, vocabulary.Count);
        foreach ((string left, string right) in merges)
            vocabulary.TryAdd(left + right, vocabulary.Count);
        vocabulary.Add(ClipTokenizer.StartOfText, vocabulary.Count);
        vocabulary.Add(ClipTokenizer.EndOfText, vocabulary.Count);
        return new ClipTokenizer(vocabulary, merges, modelMaxLength);
    }

    static List<string> Spell(string word)
    {
        List<string> symbols = [.. ByteAlphabet.Write(word).Select(c => c.ToString())];
        symbols[^1] += ClipTokenizer.EndOfWord;
        return symbols;
    }

    /// <summary>The pair of neighbours that most words have, the first in ordinal order of equals; null when every word is
    /// whole.</summary>
    static (string, string)? MostFrequentPair(List<List<string>> words)
    {
        Dictionary<(string Left, string Right), int> counts = [];
        foreach (List<string> word in words)
            for (int i = 0; i + 1 < word.Count; i++)
                counts[(word[i], word[i + 1])] = counts.GetValueOrDefault((word[i], word[i + 1])) + 1;
        return counts.Count == 0 ? null : counts
            .OrderByDescending(c => c.Value)
            .ThenBy(c => c.Key.Left, StringComparer.Ordinal)
            .ThenBy(c => c.Key.Right, StringComparer.Ordinal)
            .First().Key;
    }

    static void Merge(List<string> word, (string Left, string Right) pair)
    {
        for (int i = 0; i + 1 < word.Count; i++)
            if (word[i] == pair.Left && word[i + 1] == pair.Right)
            {
                word[i] += word[i + 1];
                word.RemoveAt(i + 1);
            }
    }
}
