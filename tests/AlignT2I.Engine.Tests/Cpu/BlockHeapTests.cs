using AlignT2I.Engine.Backends.Cpu;

namespace AlignT2I.Engine.Tests.Cpu;

public class BlockHeapTests
{
    const long Page = 4096, MiB = 1 << 20;

    [Test]
    public void Random_requests_never_overlap_and_all_that_is_freed_becomes_one_block()
    {
        var heap = new BlockHeap();
        var random = new Random(5);
        List<(nint Address, long Size)> live = [];
        for (int i = 0; i < 4000; i++)
        {
            if (live.Count > 0 && random.Next(100) < 49)
            {
                int index = random.Next(live.Count);
                heap.Free(live[index].Address);
                live.RemoveAt(index);
                continue;
            }
            long size = Page * random.Next(1, 300);
            nint address = heap.Allocate(size);
            foreach ((nint other, long bytes) in live)
                Assert.That(address + size <= other || other + bytes <= address, Is.True, $"request {i} overlaps");
            live.Add((address, size));
        }
        long reserved = heap.ReservedBytes;
        Assert.That(reserved, Is.GreaterThanOrEqualTo(live.Sum(block => block.Size)));
        foreach ((nint address, _) in live)
            heap.Free(address);
        nint whole = heap.Allocate(reserved / Page * Page);
        Assert.That(heap.ReservedBytes, Is.EqualTo(reserved), "the free pieces are one block again");
        heap.Free(whole);
    }

    [Test]
    public unsafe void Trimming_keeps_what_is_in_use_and_counts_what_comes_back()
    {
        var heap = new BlockHeap();
        nint first = heap.Allocate(8 * MiB), between = heap.Allocate(8 * MiB), last = heap.Allocate(8 * MiB);
        new Span<byte>((void*)between, (int)(8 * MiB)).Fill(7);
        heap.Free(first);
        heap.Free(last);
        heap.Trim();
        Assert.That(heap.ReservedBytes, Is.InRange(8 * MiB, 8 * MiB + 4 * MiB), "a huge page at either end may be shared");
        Assert.That(new ReadOnlySpan<byte>((void*)between, (int)(8 * MiB)).ContainsAnyExcept((byte)7), Is.False);
        nint again = heap.Allocate(8 * MiB);
        Assert.That(heap.ReservedBytes, Is.InRange(16 * MiB, 16 * MiB + 4 * MiB));
        heap.Free(again);
        heap.Free(between);
    }

    [Test]
    public void A_block_that_is_not_in_use_cannot_be_freed()
    {
        var heap = new BlockHeap();
        nint block = heap.Allocate(Page);
        heap.Free(block);
        Assert.That(() => heap.Free(block), Throws.InvalidOperationException.With.Message.Contains("No block in use"));
    }
}
