using AlignT2I.Models.Clip;

namespace AlignT2I.Models.Tests.Clip;

/// <summary>The tokenizer made for a list of words.</summary>
internal sealed class BpeTrainerTests
{
    static readonly string[] words =
        ["one", "two", "three", "four", "five", "red", "green", "blue", "star", "stars", "starfish", "crescent", "crescents", "heart",
            "in", "the", "city", "über"];

    [Test]
    public void Every_word_is_one_token_of_its_own()
    {
        ClipTokenizer tokenizer = BpeTrainer.Train(words, modelMaxLength: 16);
        int[] ids = [.. words.Select(w => tokenizer.Tokenize(w).Single())];
        Assert.That(ids, Is.Unique);
        Assert.That(tokenizer.Tokenize(string.Join(' ', words)), Is.EqualTo(ids));
    }

    [Test]
    public void Other_words_fall_apart_and_come_together_again()
    {
        ClipTokenizer tokenizer = BpeTrainer.Train(words, modelMaxLength: 16);
        Assert.That(tokenizer.Tokenize("startled"), Has.Count.GreaterThan(1));
        Assert.That(tokenizer.Tokenize("猫"), Has.Count.EqualTo(3));
    }

    [Test]
    public void The_vocabulary_is_bytes_then_merges_then_begin_and_end()
    {
        ClipTokenizer tokenizer = BpeTrainer.Train(words, modelMaxLength: 16);
        Assert.That(tokenizer.Tokenize("!"), Is.EqualTo(new[] { 256 }));
        Assert.That(tokenizer.EosTokenId, Is.EqualTo(tokenizer.VocabularySize - 1));
        Assert.That(tokenizer.BosTokenId, Is.EqualTo(tokenizer.VocabularySize - 2));
        Assert.That(tokenizer.VocabularySize, Is.LessThan(700));
    }

    [Test]
    public void The_order_of_the_words_does_not_matter()
    {
        ClipTokenizer one = BpeTrainer.Train(words, modelMaxLength: 16), other = BpeTrainer.Train(words.Reverse(), modelMaxLength: 16);
        Assert.That(one.VocabularySize, Is.EqualTo(other.VocabularySize));
        foreach (string word in words)
            Assert.That(one.Tokenize(word), Is.EqualTo(other.Tokenize(word)), word);
    }
}
