using AlignT2I.Files;
using AlignT2I.Training.Communicators;

namespace AlignT2I.Training.Tests.Communicators;

public class CommunicatorTests
{
    [Test]
    public void The_ranks_work_in_turn()
    {
        int order = 0;
        int[] places = new ThreadRanks(3).Run(ranks => ranks.InTurn(() => ++order));
        Assert.That(places, Is.EqualTo((int[])[1, 2, 3]));
    }

    [Test]
    public void Ranks_that_differ_are_told_who_has_what()
    {
        string?[] errors = new ThreadRanks(3).Run(ranks =>
        {
            ranks.Agree("options", "same");
            return Assert.Throws<UsageException>(() => ranks.Agree("data", ranks.Rank == 2 ? "b" : "a"))?.Message;
        });
        Assert.That(errors, Is.All.StartsWith("thread 2 has another data than rank 0 (b; rank 0: a)"));
    }
}
