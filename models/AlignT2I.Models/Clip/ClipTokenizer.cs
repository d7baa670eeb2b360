using System.Text;
using AlignT2I.Files;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Models.Clip;

/// <summary>CLIP's byte-pair tokenizer: prompts to token ids, with <c>vocab.json</c> and <c>merges.txt</c> as CLIP has them.</summary>
/// <remarks>
/// Radford et al. 2021, arXiv:2103.00020. Ids agree with transformers' CLIPTokenizer without ftfy, the one that diffusers runs, unless
/// another <see cref="TextCleaning"/> is chosen.
/// Every text has ids: what is not in the vocabulary falls apart into bytes.
/// </remarks>
public sealed class ClipTokenizer
{
    internal const string StartOfText = "<|startoftext|>", EndOfText = "<|endoftext|>", EndOfWord = "</w>";
    const int MostBytes = 1 << 26;
    const string VocabularyFile = "vocab.json", MergesFile = "merges.txt", ConfigFileName = "tokenizer_config.json";

    readonly IReadOnlyDictionary<string, int> vocabulary;
    readonly IReadOnlyList<(string Left, string Right)> merges;
    readonly BpeMerges bpe;

    /// <param name="vocabulary">Token to id: bytes, bytes with <c>&lt;/w&gt;</c>, results of the merges and the two special
    /// tokens.</param>
    /// <param name="merges">The merge rules, most urgent first.</param>
    /// <param name="modelMaxLength">Ids per prompt with both special tokens: 77 in CLIP. At least 2.</param>
    /// <param name="source">What error messages call the tokenizer, such as its folder.</param>
    /// <exception cref="FileFormatException">The vocabulary lacks a token that is needed.</exception>
    public ClipTokenizer(
        IReadOnlyDictionary<string, int> vocabulary, IReadOnlyList<(string Left, string Right)> merges, int modelMaxLength,
        string source = "tokenizer")
    {
        new ConfigCheck(source).That(modelMaxLength >= 2, "model_max_length", modelMaxLength, "2 or more: both special tokens count");
        this.vocabulary = vocabulary;
        this.merges = merges;
        ModelMaxLength = modelMaxLength;
        bpe = new BpeMerges(vocabulary, merges, source);
        BosTokenId = Special(StartOfText);
        EosTokenId = Special(EndOfText);

        int Special(string token) => vocabulary.TryGetValue(token, out int id) ? id : throw new FileFormatException(
            source, $"the special token '{token}' is not in {VocabularyFile}; use the files of a CLIP tokenizer.");
    }

    /// <summary>Ids per prompt, both special tokens and the padding included.</summary>
    public int ModelMaxLength { get; }

    /// <summary>Id of <c>&lt;|startoftext|&gt;</c>.</summary>
    public int BosTokenId { get; }

    /// <summary>Id of <c>&lt;|endoftext|&gt;</c>, which is also the padding.</summary>
    public int EosTokenId { get; }

    /// <summary>How texts are cleaned.</summary>
    public TextCleaning Cleaning { get; init; }

    /// <summary>Number of tokens; ids are below it.</summary>
    public int VocabularySize => vocabulary.Count;

    /// <summary>Reads <c>vocab.json</c>, <c>merges.txt</c> and, where there is one, <c>tokenizer_config.json</c>.</summary>
    /// <param name="folder">The tokenizer's folder.</param>
    /// <param name="modelMaxLength">Ids per prompt; null takes <c>model_max_length</c> from the file, or 77.</param>
    /// <param name="cleaning">How texts are cleaned.</param>
    /// <exception cref="UsageException">A file is missing.</exception>
    /// <exception cref="FileFormatException">A file is malformed, or the files do not fit together.</exception>
    public static ClipTokenizer Load(
        string folder, int? modelMaxLength = null, TextCleaning cleaning = TextCleaning.Transformers)
    {
        string vocabularyPath = Path.Combine(folder, VocabularyFile), configPath = Path.Combine(folder, ConfigFileName);
        Dictionary<string, int> vocabulary =
            ConfigFile.Parse(Text(vocabularyPath), vocabularyPath, ClipJson.Default.DictionaryStringInt32);
        if (vocabulary.FirstOrDefault(t => t.Value < 0 || t.Value >= vocabulary.Count) is { Key: { } token, Value: var id })
            throw new FileFormatException(vocabularyPath, $"'{token}' has id {id}; expected ids from 0 to {vocabulary.Count - 1}.");
        TokenizerConfig config = File.Exists(configPath)
            ? ConfigFile.Parse(Text(configPath), configPath, ClipJson.Default.TokenizerConfig) : new TokenizerConfig();
        return new ClipTokenizer(vocabulary, Merges(Path.Combine(folder, MergesFile)), modelMaxLength ?? config.ModelMaxLength, folder)
        {
            Cleaning = cleaning,
        };
    }

    /// <summary>Writes <c>vocab.json</c>, <c>merges.txt</c> and <c>tokenizer_config.json</c>, each under a temporary name and
    /// renamed.</summary>
    /// <param name="folder">The folder, made if it is not there.</param>
    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        Dictionary<string, int> byId = vocabulary.OrderBy(t => t.Value).ToDictionary(t => t.Key, t => t.Value);
        ConfigFile.Write(Path.Combine(folder, VocabularyFile), byId, ClipJson.Default.DictionaryStringInt32);
        string path = Path.Combine(folder, MergesFile);
        IEnumerable<string> lines = merges.Select(m => $"{m.Left} {m.Right}").Prepend("#version: 0.2");
        AtomicFile.WriteAllText(path, string.Concat(lines.Select(line => line + "\n")));
        ConfigFile.Write(Path.Combine(folder, ConfigFileName), new TokenizerConfig { ModelMaxLength = ModelMaxLength },
            ClipJson.Default.TokenizerConfig);
    }

    /// <summary>The ids of a text alone: no special tokens around it, no padding, nothing cut off.</summary>
    /// <param name="text">Any text; a literal special token in it becomes that token, as in the reference.</param>
    public List<int> Tokenize(string text)
    {
        List<int> ids = [];
        foreach (string word in ClipText.Words(text, Cleaning))
            if (word == StartOfText) ids.Add(BosTokenId);
            else if (word == EndOfText) ids.Add(EosTokenId);
            else bpe.Encode(word, ids);
        return ids;
    }

    /// <summary>What the text encoder reads: begin, the text's ids, end, padded with end; a long text is cut, its end token
    /// kept.</summary>
    /// <param name="text">Any text.</param>
    /// <returns><see cref="ModelMaxLength"/> ids.</returns>
    public int[] Encode(string text)
    {
        List<int> tokens = Tokenize(text);
        int[] ids = new int[ModelMaxLength];
        Array.Fill(ids, EosTokenId);
        ids[0] = BosTokenId;
        int kept = Math.Min(tokens.Count, ModelMaxLength - 2);
        tokens[..kept].CopyTo(ids, 1);
        return ids;
    }

    /// <summary>The cleaned words of a text that the vocabulary does not hold as one token each, in order and once each.</summary>
    /// <remarks>A model with a small vocabulary of whole words has never seen such a word.</remarks>
    public IReadOnlyList<string> UnknownWords(string text) =>
        [.. ClipText.Words(text, Cleaning).Where(word => !vocabulary.ContainsKey(ByteAlphabet.Write(word) + EndOfWord)).Distinct()];

    static string Text(string path) => Encoding.UTF8.GetString(InputFile.ReadAllBytes(path, MostBytes));

    static List<(string Left, string Right)> Merges(string path)
    {
        List<(string, string)> merges = [];
        string[] lines = Text(path).Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].TrimEnd('\r');
            if (line.Length == 0 || (i == 0 && line.StartsWith("#version", StringComparison.Ordinal))) continue;
            string[] pair = line.Split(' ');
            if (pair.Length != 2 || pair[0].Length == 0 || pair[1].Length == 0)
                throw new FileFormatException($"{path}:{i + 1}",
                    $"'{line}' is not a merge rule; expected two tokens with one space between.");
            merges.Add((pair[0], pair[1]));
        }
        return merges;
    }
}
