using System.Text.Json;
using AlignT2I.Files;
using AlignT2I.Models.Clip;
using AlignT2I.Testing;

namespace AlignT2I.Models.Tests.Clip;

/// <summary>The tokenizer against recordings of the reference tokenizers, and against broken files.</summary>
internal sealed class ClipTokenizerTests
{
    /// <summary>The files of recorded ids.</summary>
    internal static readonly string[] Recordings = ["tokenizer/tokenizer.jsonl", "tokenizer/tokenizer-variants.jsonl"];

    static readonly string[] words = ["a", "two", "red", "stars", "on", "the", "moon", "it's", "."];

    string folder = "";

    [SetUp]
    public void MakeFolder() => folder = Directory.CreateTempSubdirectory("tokenizer").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(folder, recursive: true);

    [Test]
    public void Every_variant_gives_the_ids_of_plain_texts([Values] TextCleaning cleaning) =>
        Assert.That(WrongIds(Recordings[0], cleaning, "ids"), Is.EqualTo((0, 216)));

    /// <summary>Where ftfy would alter a text, its variants have no ids; OpenAI's has those with NFC in its place.</summary>
    [TestCase(TextCleaning.Transformers, 41, "hf_slow_noftfy")]
    [TestCase(TextCleaning.TransformersWithFtfy, 14, "hf_slow_ftfy")]
    [TestCase(TextCleaning.TransformersFast, 41, "hf_fast")]
    [TestCase(TextCleaning.OpenAi, 41, "openai", "openai_nfc_only")]
    public void Ids_of_texts_on_which_the_variants_differ_are_the_recorded_ones(TextCleaning cleaning, int cases, params string[] keys) =>
        Assert.That(WrongIds(Recordings[1], cleaning, keys), Is.EqualTo((0, cases)));

    static (int Wrong, int Cases) WrongIds(string file, TextCleaning cleaning, params string[] keys)
    {
        string folder = Path.GetDirectoryName(Golden.Path("../clip/hf-tokenizer/vocab.json"))!;
        ClipTokenizer tokenizer = ClipTokenizer.Load(folder, cleaning: cleaning);
        (int wrong, int cases) = (0, 0);
        foreach (string line in File.ReadLines(Golden.Path(file)))
        {
            using JsonDocument json = JsonDocument.Parse(line);
            string text = json.RootElement.GetProperty("text").GetString()!;
            JsonElement[] recorded = [.. keys.Where(key => json.RootElement.TryGetProperty(key, out _))
                .Select(json.RootElement.GetProperty).Where(ids => ids.ValueKind != JsonValueKind.Null)];
            if (recorded.Length == 0) continue;
            int[] expected = [.. recorded[0].EnumerateArray().Select(e => e.GetInt32())], found = tokenizer.Encode(text);
            cases++;
            if (found.SequenceEqual(expected)) continue;
            wrong++;
            TestContext.Out.WriteLine($"{text}: {string.Join(' ', found[..16])} instead of {string.Join(' ', expected[..16])}");
        }
        return (wrong, cases);
    }

    [Test]
    public void The_real_files_are_written_back_as_the_same_tokenizer()
    {
        ClipTokenizer tokenizer = ClipTokenizer.Load(Path.GetDirectoryName(Golden.Path("../clip/hf-tokenizer/vocab.json"))!);
        tokenizer.Save(folder);
        ClipTokenizer again = ClipTokenizer.Load(folder);
        Assert.That((again.VocabularySize, again.BosTokenId, again.EosTokenId, again.ModelMaxLength),
            Is.EqualTo((49408, 49406, 49407, 77)));
        Assert.That(again.Encode("Three naïve astronauts' 12 horses"), Is.EqualTo(tokenizer.Encode("Three naïve astronauts' 12 horses")));
    }

    [Test]
    public void Prompts_are_padded_with_the_end_and_cut_before_it()
    {
        ClipTokenizer tokenizer = BpeTrainer.Train(words, modelMaxLength: 6);
        int end = tokenizer.EosTokenId;
        List<int> three = tokenizer.Tokenize("two red stars");
        Assert.That(three, Has.Count.EqualTo(3));
        Assert.That(tokenizer.Encode("Two RED stars"), Is.EqualTo(new[] { tokenizer.BosTokenId, three[0], three[1], three[2], end, end }));
        Assert.That(tokenizer.Encode("a a a two red stars")[^2..], Is.EqualTo(new[] { tokenizer.Tokenize("two")[0], end }));
        Assert.That(tokenizer.Encode(""), Is.EqualTo(new[] { tokenizer.BosTokenId, end, end, end, end, end }));
    }

    [Test]
    public void A_word_of_a_million_letters_is_encoded()
    {
        ClipTokenizer tokenizer = BpeTrainer.Train(words, modelMaxLength: 6);
        Assert.That(tokenizer.Tokenize(new string('o', 1_000_000)), Has.Count.EqualTo(1_000_000));
    }

    [Test]
    public void Unknown_words_are_named_once()
    {
        ClipTokenizer tokenizer = BpeTrainer.Train(words, modelMaxLength: 16);
        Assert.That(tokenizer.UnknownWords("two Blue stars, blue moon."), Is.EqualTo(new[] { "blue" }));
        Assert.That(tokenizer.UnknownWords("It's the moon."), Is.Empty);
    }

    [Test]
    public void Files_that_are_no_tokenizer_are_refused()
    {
        BpeTrainer.Train(words, modelMaxLength: 6).Save(folder);
        string vocabulary = Path.Combine(folder, "vocab.json"), merges = Path.Combine(folder, "merges.txt");
        string goodVocabulary = File.ReadAllText(vocabulary), goodMerges = File.ReadAllText(merges);

        File.WriteAllText(merges, goodMerges + "m o o\n");
        Assert.That(() => ClipTokenizer.Load(folder), Throws.TypeOf<FileFormatException>().With.Message.Contains("is not a merge rule"));
        File.WriteAllText(merges, goodMerges + "q z\n");
        Assert.That(() => ClipTokenizer.Load(folder), Throws.TypeOf<FileFormatException>().With.Message.Contains("'qz'"));
        File.WriteAllText(merges, goodMerges);
        File.WriteAllText(vocabulary, goodVocabulary.Replace("endoftext", "end", StringComparison.Ordinal));
        Assert.That(() => ClipTokenizer.Load(folder), Throws.TypeOf<FileFormatException>().With.Message.Contains("<|endoftext|>"));
        File.WriteAllText(vocabulary, "{\"a\":");
        Assert.That(() => ClipTokenizer.Load(folder), Throws.TypeOf<FileFormatException>().With.Message.Contains("vocab.json"));
        File.WriteAllText(vocabulary, "{\"a\": 5}");
        Assert.That(() => ClipTokenizer.Load(folder), Throws.TypeOf<FileFormatException>().With.Message.Contains("has id 5"));
        File.Delete(vocabulary);
        Assert.That(() => ClipTokenizer.Load(folder), Throws.TypeOf<UsageException>().With.Message.Contains("vocab.json"));
    }
}
