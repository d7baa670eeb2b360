using AlignT2I.Engine.Backends.Cpu;

namespace AlignT2I.Engine.Tests.Cpu;

public class CpuThreadsTests
{
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(1000)]
    public void Every_index_runs_once(int count)
    {
        for (int repeat = 0; repeat < 200; repeat++)
        {
            var runs = new int[count];
            CpuThreads.For(count, i => Interlocked.Increment(ref runs[i]));
            Assert.That(runs, Is.All.EqualTo(1));
        }
    }

    [Test]
    public void Loops_inside_loops_run_every_index_once()
    {
        var runs = new int[8 * 16];
        CpuThreads.For(8, i => CpuThreads.For(16, j => Interlocked.Increment(ref runs[i * 16 + j])));
        Assert.That(runs, Is.All.EqualTo(1));
    }

    [Test]
    public void Loops_of_several_threads_run_every_index_once()
    {
        var runs = new int[4, 500];
        var threads = new Thread[4];
        for (int t = 0; t < threads.Length; t++)
        {
            int row = t;
            threads[t] = new Thread(() =>
            {
                for (int repeat = 0; repeat < 50; repeat++) CpuThreads.For(500, i => Interlocked.Increment(ref runs[row, i]));
            });
            threads[t].Start();
        }
        foreach (Thread thread in threads) thread.Join();
        Assert.That(runs, Is.All.EqualTo(50));
    }

    [Test]
    public void An_exception_of_the_body_reaches_the_caller_and_the_threads_go_on()
    {
        Assert.That(
            () => CpuThreads.For(100, i => { if (i == 37) throw new ShapeException("index 37"); }),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo("index 37"));
        int sum = 0;
        CpuThreads.For(100, i => Interlocked.Add(ref sum, i));
        Assert.That(sum, Is.EqualTo(4950));
    }

    [TestCase(1, 1)]
    [TestCase(63, 1)]
    [TestCase(1000, 1)]
    [TestCase(1000, 600)]
    [TestCase(100_000, 1000)]
    public void Ranges_cover_everything_once(long count, long grain)
    {
        var runs = new int[count];
        CpuThreads.ForRange(count, grain, (start, end) =>
        {
            for (long i = start; i < end; i++) Interlocked.Increment(ref runs[i]);
        });
        Assert.That(runs, Is.All.EqualTo(1));
    }
}
