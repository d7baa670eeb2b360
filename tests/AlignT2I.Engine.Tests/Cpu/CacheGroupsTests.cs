using AlignT2I.Engine.Backends.Cpu;

namespace AlignT2I.Engine.Tests.Cpu;

/// <summary>Processors of several last-level caches, as a machine of two chiplets describes them.</summary>
public class CacheGroupsTests
{
    string folder = null!;

    [SetUp]
    public void Make() => folder = Directory.CreateTempSubdirectory("align-caches-").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(folder, recursive: true);

    [Test]
    public void Groups_are_the_allowed_processors_of_each_cache()
    {
        CacheGroups caches = Read("1-3,5,7-8", "0-3", "4-7", "8-11");
        Assert.That(caches.Count, Is.EqualTo(3));
        Assert.That(caches.Processors(0).ToArray(), Is.EqualTo((int[])[1, 2, 3]));
        Assert.That(caches.Processors(1).ToArray(), Is.EqualTo((int[])[5, 7]));
        Assert.That(caches.Processors(2).ToArray(), Is.EqualTo((int[])[8]));
        Assert.That(caches.Assign(8), Is.EqualTo((int[])[0, 0, 0, 1, 1, 2, 0, 0]));
        Assert.That(caches.Assign(2), Is.EqualTo((int[])[0, 0]));
        Assert.That(caches.Current, Is.InRange(0, 2));
        Assert.That(() => caches.Stay(2), Throws.Nothing);
    }

    [Test]
    public void A_machine_that_does_not_say_has_one_group()
    {
        CacheGroups nothing = CacheGroups.Read(folder, Path.Combine(folder, "none"));
        foreach (CacheGroups caches in (CacheGroups[])[nothing, Read("x", "0-3"), Read("0-7", "0-3")])
        {
            Assert.That(caches.Count, Is.EqualTo(1));
            Assert.That(caches.Processors(0).Length, Is.EqualTo(Environment.ProcessorCount));
        }
    }

    [TestCase(1000, 2, 2)]
    [TestCase(7, 1, 3)]
    [TestCase(1, 4, 4)]
    [TestCase(0, 1, 1)]
    [TestCase(100, 0, 5)]
    public void A_group_takes_its_own_part_in_order_and_then_the_rest(int count, int first, int second)
    {
        var indices = new LoopIndices(count, [first, second]);
        List<int> taken = [];
        for (int i; (i = indices.Next(1)) >= 0;) taken.Add(i);
        int boundary = count * first / (first + second);
        Assert.That(taken, Is.EqualTo(Enumerable.Range(boundary, count - boundary).Concat(Enumerable.Range(0, boundary))));
        Assert.That(indices.Next(0), Is.EqualTo(-1));
    }

    [Test]
    public void Threads_of_several_groups_take_each_index_once()
    {
        var indices = new LoopIndices(20_000, [1, 3, 2]);
        int[] runs = new int[20_000];
        Thread[] threads = [.. Enumerable.Range(0, 6).Select(t => new Thread(() =>
        {
            for (int i; (i = indices.Next(t % 3)) >= 0;) Interlocked.Increment(ref runs[i]);
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.That(runs, Is.All.EqualTo(1));
    }

    /// <summary>A machine of these allowed processors and caches; processors that no cache names are not described.</summary>
    CacheGroups Read(string allowed, params string[] shared)
    {
        string system = Path.Combine(folder, Guid.NewGuid().ToString());
        foreach (string list in shared)
        {
            int[] ends = [.. list.Split('-').Select(int.Parse)];
            for (int processor = ends[0]; processor <= ends[^1]; processor++)
            {
                string cache = Directory.CreateDirectory(Path.Combine(system, $"cpu{processor}", "cache", "index3")).FullName;
                File.WriteAllText(Path.Combine(cache, "shared_cpu_list"), list + "\n");
            }
        }
        string status = Path.Combine(system, "status");
        File.WriteAllText(status, $"Name:\tx\nCpus_allowed_list:\t{allowed}\n");
        return CacheGroups.Read(system, status);
    }
}
