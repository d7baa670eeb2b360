namespace AlignT2I.Engine.Tests;

public class MemoryTests
{
    [Test]
    public void A_scope_frees_what_was_made_in_it_and_keeps_what_is_moved_out()
    {
        long before = Backend.Cpu.LiveBytes;
        using (MemoryScope.Open())
        {
            Tensor kept;
            using (MemoryScope inner = MemoryScope.Open())
            {
                _ = Tensor.Zeros([1000], DType.F32, Backend.Cpu);
                kept = inner.Keep(Tensor.Zeros([16], DType.F32, Backend.Cpu));
            }

            Assert.That(Backend.Cpu.LiveBytes - before, Is.EqualTo(64));
            Assert.That(kept.ToArray<float>(), Is.All.Zero);
        }

        Assert.That(Backend.Cpu.LiveBytes, Is.EqualTo(before));
    }

    [Test]
    public void Trimming_gives_free_blocks_back_and_leaves_live_tensors_alone()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor live = Tensor.Full([1 << 24], DType.F32, Backend.Cpu, 3);
        using (MemoryScope.Open())
            _ = Tensor.Zeros([5 << 23], DType.F32, Backend.Cpu);
        long reserved = Backend.Cpu.ReservedBytes;
        Backend.Cpu.Trim();
        long partsOfHugePages = 2 * (2L << 20);      // at the ends of a block, wherever it begins
        Assert.That(reserved - Backend.Cpu.ReservedBytes, Is.GreaterThan((5L << 25) - partsOfHugePages));
        Assert.That(live.ToArray<float>(), Is.All.EqualTo(3f));
    }

    [Test]
    public void A_block_serves_requests_a_little_smaller_and_stays_whole()
    {
        using MemoryScope scope = MemoryScope.Open();
        const int bytes = 33 << 20, smaller = 28 << 20;
        for (int i = 0; i < 3; i++)
        {
            using (MemoryScope.Open())
                _ = Tensor.Zeros([bytes], DType.U8, Backend.Cpu);
            long reserved = Backend.Cpu.ReservedBytes;
            using (MemoryScope.Open())
                _ = Tensor.Zeros([smaller], DType.U8, Backend.Cpu);
            using (MemoryScope.Open())
                _ = Tensor.Zeros([bytes], DType.U8, Backend.Cpu);
            Assert.That(Backend.Cpu.ReservedBytes, Is.EqualTo(reserved));
        }
    }

    [Test]
    public void Blocks_of_weights_waste_little()
    {
        using MemoryScope scope = MemoryScope.Open();
        long before = Backend.Cpu.LiveBytes;
        Tensor weight = Tensor.Empty([1280, 3, 3, 1280], DType.F32, Backend.Cpu);
        Assert.That(Backend.Cpu.LiveBytes - before, Is.InRange(4 * weight.Count, 4 * weight.Count * 17 / 16));
    }

    [Test]
    public void A_tensor_read_after_its_scope_says_so()
    {
        Tensor gone;
        using (MemoryScope.Open())
            gone = Tensor.Zeros([3], DType.F32, Backend.Cpu);
        Assert.That(() => gone.ToArray<float>(), Throws.TypeOf<ObjectDisposedException>().With.Message.Contains("[3]"));
    }

    [Test]
    public void The_tape_holds_what_backward_needs_and_lets_go_of_it()
    {
        long before = Backend.Cpu.LiveBytes;
        using (MemoryScope.Open())
        {
            Tensor weight = Tensor.Full([8], DType.F32, Backend.Cpu, 2);
            weight.RequiresGrad = true;
            for (int step = 0; step < 3; step++)
            {
                using MemoryScope scope = MemoryScope.Open();
                using Tape tape = Tape.Open();
                Tensor loss;
                using (MemoryScope inner = MemoryScope.Open())
                    loss = inner.Keep(F.Sum(F.Mul(weight, F.Mul(weight, weight))));
                tape.Backward(loss);
            }

            // d(w^3)/dw = 12 at w = 2, summed over three backward passes
            Assert.That(weight.Grad!.ToArray<float>(), Is.All.EqualTo(36));
            Assert.That(Backend.Cpu.LiveBytes - before, Is.EqualTo(128), "the weight and its gradient");
        }

        Assert.That(Backend.Cpu.LiveBytes, Is.EqualTo(before));
    }

    [Test]
    public void A_tape_that_ends_without_backward_lets_go_too()
    {
        long before = Backend.Cpu.LiveBytes;
        using (MemoryScope.Open())
        {
            Tensor x = Tensor.Full([8], DType.F32, Backend.Cpu, 2);
            x.RequiresGrad = true;
            using Tape tape = Tape.Open();
            _ = F.Mul(x, x);
        }

        Assert.That(Backend.Cpu.LiveBytes, Is.EqualTo(before));
    }

    [Test]
    public void Freed_blocks_are_used_again()
    {
        using MemoryScope scope = MemoryScope.Open();
        _ = Round();
        long reserved = Backend.Cpu.ReservedBytes;
        for (int i = 0; i < 10; i++)
            _ = Round();
        Assert.That(Backend.Cpu.ReservedBytes, Is.EqualTo(reserved));

        static long Round()
        {
            using MemoryScope inner = MemoryScope.Open();
            return Tensor.Zeros([123_457], DType.F32, Backend.Cpu).Count + Tensor.Zeros([77, 3], DType.F64, Backend.Cpu).Count;
        }
    }
}
