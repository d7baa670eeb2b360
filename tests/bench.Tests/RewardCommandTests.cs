namespace AlignT2I.Bench.Tests;

public class RewardCommandTests
{
    [Test]
    public void A_pass_is_timed_and_right()
    {
        (int exitCode, string output, string error) = Bench.Run("reward", "--labels", "200", "--batch-size", "64", "--repeat", "1");
        Assert.That(exitCode, Is.Zero, error + output);
        Assert.That(output, Does.StartWith("reward_epoch_200x8: median ").And.Contain("labels/s").And.EndWith("right\n"));
    }

    [Test]
    public void A_number_out_of_range_ends_with_2_and_a_sentence()
    {
        (int exitCode, _, string error) = Bench.Run("reward", "--labels", "0");
        Assert.That(exitCode, Is.EqualTo(2));
        Assert.That(error, Does.Contain("--labels is 0"));
    }
}
