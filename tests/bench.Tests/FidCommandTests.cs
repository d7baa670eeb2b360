namespace AlignT2I.Bench.Tests;

public class FidCommandTests
{
    [Test]
    public void A_distance_is_timed_and_right()
    {
        (int exitCode, string output, string error) = Bench.Run("fid", "--images", "3000", "--features", "64");
        Assert.That(exitCode, Is.Zero, error + output);
        Assert.That(output, Does.StartWith("fid_3000x64: median ").And.Contain(" MiB, ").And.EndWith("right\n"));
    }
}
