namespace AlignT2I.Bench.Tests;

public class UNetCommandTests
{
    [TestCase("--size is", "--size", "64")]
    [TestCase("--size is", "--size", "60x64")]
    [TestCase("--repeat is 0", "--repeat", "0")]
    [TestCase("Cannot parse", "--batch", "two")]
    [TestCase("int8", "--dtype", "int8")]
    [TestCase("there is no such file", "--weights", "nowhere.safetensors")]
    public void Bad_usage_ends_with_2_and_a_sentence(string sentence, params string[] arguments)
    {
        (int exitCode, string output, string error) = Bench.Run(["unet", .. arguments]);
        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.EqualTo(2));
            Assert.That(error, Does.Contain(sentence).And.Not.Contain("   at "));
            Assert.That(output, Is.Empty);
        });
    }
}
