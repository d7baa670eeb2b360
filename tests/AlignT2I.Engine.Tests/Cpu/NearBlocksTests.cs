using System.Collections.Concurrent;
using AlignT2I.Engine.Backends.Cpu;
using AlignT2I.Testing;

namespace AlignT2I.Engine.Tests.Cpu;

public class NearBlocksTests
{
    const long MiB = 1 << 20;

    [Test]
    public void The_last_block_of_a_size_is_the_first_to_be_taken()
    {
        var near = new NearBlocks();
        Assert.That(near.TryKeep(11, MiB) && near.TryKeep(12, 2 * MiB) && near.TryKeep(13, MiB));
        Assert.That((near.TryTake(MiB, out nint first), first), Is.EqualTo((true, (nint)13)));
        Assert.That((near.TryTake(MiB, out nint second), second), Is.EqualTo((true, (nint)11)));
        Assert.That(near.TryTake(MiB, out _), Is.False);
    }

    [Test]
    public void What_is_beyond_some_caches_goes_back_oldest_first()
    {
        var near = new NearBlocks();
        Assert.That(near.TryKeep(1, 5 * MiB), Is.False);
        for (int i = 1; i <= 6; i++) Assert.That(near.TryKeep(i, MiB));
        Assert.That((near.TryDrop(out nint block, out long size), block, size), Is.EqualTo((true, (nint)1, MiB)));
        Assert.That((near.TryDrop(out block, out size), block, size), Is.EqualTo((true, (nint)2, MiB)));
        Assert.That(near.TryDrop(out _, out _), Is.False);
    }

    [Test]
    public void A_thread_of_a_loop_works_where_it_worked_before()
    {
        if (ChildTestRunAttribute.IsGuarded)
            Assert.Ignore("Memory between guard pages is never the same twice.");
        var blocks = new ConcurrentDictionary<(int Thread, nint Block), bool>();
        for (int repeat = 0; repeat < 3; repeat++)
        {
            CpuThreads.For(1000, _ =>
            {
                using Scratch<float> scratch = Scratch<float>.Rent(123_457);
                unsafe { blocks.TryAdd((Environment.CurrentManagedThreadId, (nint)scratch.Pointer), true); }
            });
        }
        Assert.That(blocks.Keys.Select(b => b.Thread), Is.Unique);
        Assert.That(CpuThreads.Near, Is.Null);
    }
}
