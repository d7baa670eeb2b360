using System.Text;
using AlignT2I.Files;

namespace AlignT2I.Models.Clip;

/// <summary>Byte-pair encoding of one word: the merge rules over token ids, and their application.</summary>
/// <remarks>Sennrich et al. 2016, arXiv:1508.07909. A word of n bytes takes O(n log n).</remarks>
internal sealed class BpeMerges
{
    readonly Dictionary<(int Left, int Right), (int Rank, int Merged)> rules = [];
    readonly int[] byteIds = new int[256];          // a byte inside a word
    readonly int[] lastByteIds = new int[256];      // the last byte of a word, written with </w>

    /// <param name="vocabulary">Token to id.</param>
    /// <param name="merges">The rules, most urgent first: two tokens each.</param>
    /// <param name="source">The folder, for error messages.</param>
    /// <exception cref="FileFormatException">A byte, a part of a rule or its result is not in the vocabulary.</exception>
    public BpeMerges(IReadOnlyDictionary<string, int> vocabulary, IReadOnlyList<(string Left, string Right)> merges, string source)
    {
        for (int b = 0; b < 256; b++)
        {
            byteIds[b] = Id(ByteAlphabet.Symbol((byte)b).ToString());
            lastByteIds[b] = Id(ByteAlphabet.Symbol((byte)b) + ClipTokenizer.EndOfWord);
        }
        for (int rank = 0; rank < merges.Count; rank++)
        {
            (string left, string right) = merges[rank];
            rules.TryAdd((Id(left), Id(right)), (rank, Id(left + right)));
        }

        int Id(string token) => vocabulary.TryGetValue(token, out int id) ? id : throw new FileFormatException(
            source, $"the token '{token}' is needed but is not in vocab.json; use vocab.json and merges.txt of one tokenizer.");
    }

    /// <summary>Adds the token ids of <paramref name="word"/> to <paramref name="ids"/>.</summary>
    /// <param name="word">A word without white space, not empty.</param>
    /// <param name="ids">Receives the ids.</param>
    public void Encode(ReadOnlySpan<char> word, List<int> ids)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(word)];
        Encoding.UTF8.GetBytes(word, bytes);
        int count = bytes.Length;
        int[] token = new int[count], next = new int[count], previous = new int[count];
        for (int i = 0; i < count; i++)
            (token[i], next[i], previous[i]) = (i == count - 1 ? lastByteIds[bytes[i]] : byteIds[bytes[i]], i + 1, i - 1);

        // The most urgent pair first, the leftmost of equals. A merged token leaves stale entries behind: they no longer fit the tokens.
        PriorityQueue<(int At, int Left, int Right), (int Rank, int At)> queue = new();
        for (int i = 0; i + 1 < count; i++)
            Enqueue(i);
        while (queue.TryDequeue(out (int At, int Left, int Right) pair, out _))
        {
            int at = pair.At, right = next[at];
            if (token[at] != pair.Left || right >= count || token[right] != pair.Right) continue;
            token[at] = rules[(pair.Left, pair.Right)].Merged;
            token[right] = -1;
            next[at] = next[right];
            if (next[at] < count) previous[next[at]] = at;
            if (previous[at] >= 0) Enqueue(previous[at]);
            Enqueue(at);
        }
        for (int i = 0; i < count; i = next[i])
            ids.Add(token[i]);

        void Enqueue(int at)
        {
            if (next[at] < count && rules.TryGetValue((token[at], token[next[at]]), out (int Rank, int Merged) rule))
                queue.Enqueue((at, token[at], token[next[at]]), (rule.Rank, at));
        }
    }
}
