namespace AlignT2I.Engine.Tests;

public class TapeTests
{
    [Test]
    public void Nothing_is_recorded_while_the_tape_is_paused()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor x = Leaf(3);
        using Tape tape = Tape.Open();
        Tensor y;
        using (Tape.Pause())
            y = F.Mul(x, x);
        Assert.That(y.RequiresGrad, Is.False);
        Assert.That(tape.Ops, Is.Empty);
    }

    [Test]
    public void A_detached_tensor_passes_no_gradient()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor x = Leaf(3);
        using Tape tape = Tape.Open();
        tape.Backward(F.Sum(F.Mul(x, x.Detach())));
        Assert.That(x.Grad!.ToArray<double>(), Is.All.EqualTo(3));
    }

    [Test]
    public void A_tensor_used_twice_gets_both_gradients_and_shared_memory_is_not_written()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor x = Leaf(5), y = Leaf(7);
        using Tape tape = Tape.Open();
        // Add hands one gradient to both inputs: adding to x's must not change y's.
        tape.Backward(F.Sum(F.Add(F.Add(x, y), x)));
        Assert.That(x.Grad!.ToArray<double>(), Is.All.EqualTo(2));
        Assert.That(y.Grad!.ToArray<double>(), Is.All.EqualTo(1));
    }

    [Test]
    public void A_leaf_is_told_of_once_for_each_use_under_a_checkpoint_too()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor x = Leaf(3), weight = Leaf(2);
        List<Tensor> told = [];
        using Tape tape = Tape.Open();
        tape.GradientAdded = leaf =>
        {
            if (leaf == weight)
                Assert.That(leaf.Grad, Is.Not.Null);
            told.Add(leaf);
        };
        Tensor y = Checkpoint.Call(inputs => F.Mul(F.Mul(inputs[0], weight), weight), x);
        tape.Backward(F.Sum(F.Mul(y, weight)));
        Assert.That(told.Count(leaf => leaf == weight), Is.EqualTo(3));
        Assert.That(told.Count(leaf => leaf == x), Is.EqualTo(1));
    }

    [Test]
    public void Gradients_accumulate_over_micro_batches_as_over_the_batch()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor weight = Leaf(2);
        double[] batch = [.. Enumerable.Range(0, 8).Select(i => 0.3 * i - 1)];
        Backward(batch, 1);
        double[] whole = weight.Grad!.ToArray<double>();
        weight.ClearGrad();
        Backward(batch[..4], 0.5);
        Backward(batch[4..], 0.5);
        Assert.That(weight.Grad!.ToArray<double>(), Is.EqualTo(whole).Within(1e-14));

        void Backward(double[] values, double share)
        {
            using Tape tape = Tape.Open();
            Tensor x = Tensor.From(values, [values.Length / 2, 2]);
            Tensor y = F.AddPerChannel(F.Mul(x, x), weight);
            tape.Backward(F.Affine(F.Mean(F.Mul(y, y)), share));
        }
    }

    [Test]
    public void Gradients_made_zero_take_no_memory_until_they_are_read_and_take_what_comes_first()
    {
        using MemoryScope scope = MemoryScope.Open();
        using ParameterStore store = new(Backend.Cpu, DType.F64, new RandomParameters(3));
        TwoLayers module = new(store.Root);
        store.RequireGrad();
        Tensor x = Tensor.From([.. Enumerable.Range(0, 4 * 3).Select(i => Math.Sin(i))], [4, 3]);
        double[] once = Backward(1);
        Assert.That(Backward(2), Is.EqualTo(once.Select(g => 2 * g)).Within(1e-14));
        store.ZeroGrad();
        long before = Backend.Cpu.LiveBytes;
        store.ZeroGrad();
        Assert.That(Backend.Cpu.LiveBytes, Is.EqualTo(before));
        Assert.That(Gradients(), Has.Length.EqualTo(once.Length).And.All.Zero);
        Assert.That(Backend.Cpu.LiveBytes, Is.GreaterThan(before));

        double[] Backward(int passes)
        {
            store.ZeroGrad();
            for (int i = 0; i < passes; i++)
            {
                using Tape tape = Tape.Open();
                tape.Backward(F.Sum(module.Call(x)));
            }
            return Gradients();
        }

        double[] Gradients() => [.. store.Parameters.SelectMany(p => p.Operand.Grad!.ToArray<double>())];
    }

    [Test]
    public void Checkpointed_gradients_are_those_of_the_plain_call()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor a = Leaf(2), b = Leaf(3);
        double[] plain = Gradients(t => Cube(t));
        double[] checkpointed = Gradients(t => Checkpoint.Call(Cube, t));
        Assert.That(checkpointed, Is.EqualTo(plain));

        Tensor Cube(Tensor[] t) => F.Mul(F.Mul(t[0], t[0]), F.Mul(t[1], a));

        double[] Gradients(Func<Tensor[], Tensor> function)
        {
            a.ClearGrad();
            b.ClearGrad();
            using Tape tape = Tape.Open();
            tape.Backward(F.Sum(function([F.Affine(a, 2), b])));
            return [.. a.Grad!.ToArray<double>(), .. b.Grad!.ToArray<double>()];
        }
    }

    [Test]
    public void A_checkpointed_module_gives_its_parameters_the_same_gradients_and_holds_less()
    {
        using MemoryScope scope = MemoryScope.Open();
        using ParameterStore store = new(Backend.Cpu, DType.F64, new RandomParameters(3));
        TwoLayers module = new(store.Root);
        store.RequireGrad();
        Tensor x = Tensor.From([.. Enumerable.Range(0, 4 * 3).Select(i => Math.Sin(i))], [4, 3]);
        x.RequiresGrad = true;
        (double[] plain, int plainOps) = Gradients(() => module.Call(x));
        (double[] checkpointed, int checkpointedOps) = Gradients(() => module.CallCheckpointed(x));
        Assert.That(checkpointed, Is.EqualTo(plain));
        Assert.That(plainOps, Is.EqualTo(4));
        Assert.That(checkpointedOps, Is.EqualTo(2), "the module is one node of the tape, the sum another");

        (double[] Values, int Ops) Gradients(Func<Tensor> call)
        {
            store.ClearGrad();
            x.ClearGrad();
            using Tape tape = Tape.Open();
            Tensor loss = F.Sum(call());
            int ops = tape.Ops.Count;
            tape.Backward(loss);
            return ([.. store.Parameters.SelectMany(p => p.Value.Grad!.ToArray<double>()), .. x.Grad!.ToArray<double>()], ops);
        }
    }

    [Test]
    public void Backward_of_what_needs_no_gradient_says_so()
    {
        using MemoryScope scope = MemoryScope.Open();
        using Tape tape = Tape.Open();
        Assert.That(() => tape.Backward(Tensor.Scalar(1.0)), Throws.InvalidOperationException.With.Message.Contains("RequiresGrad"));
        Assert.That(() => tape.Backward(Leaf(1)), Throws.TypeOf<ShapeException>().With.Message.Contains("[2]"));
    }

    [Test]
    public void A_gradient_for_operations_that_are_done_is_refused_and_leaves_nothing_behind()
    {
        long before = Backend.Cpu.LiveBytes;
        using (MemoryScope.Open())
        {
            Tensor x = Leaf(3), y, loss;
            using (Tape tape = Tape.Open())
            {
                y = F.Mul(x, x);
                loss = F.Sum(y);
                tape.Backward(loss);
                Assert.That(() => tape.Backward(loss), Throws.InvalidOperationException.With.Message.Contains("Detach"));
                Assert.That(() => tape.Backward(F.Sum(F.Mul(y, x))), Throws.InvalidOperationException.With.Message.Contains("[2]"));
            }

            x.ClearGrad();
            using Tape next = Tape.Open();
            Assert.That(() => next.Backward(F.Sum(F.Mul(y, y))), Throws.InvalidOperationException);
            next.Backward(F.Sum(F.Mul(y.Detach(), x)));
            Assert.That(x.Grad!.ToArray<double>(), Is.All.EqualTo(9));
        }

        Assert.That(Backend.Cpu.LiveBytes, Is.EqualTo(before));
    }

    [Test]
    public void A_leaf_gathers_the_gradients_of_several_threads()
    {
        long before = Backend.Cpu.LiveBytes;
        using (MemoryScope.Open())
        {
            Tensor x = Tensor.Full([30_000], DType.F32, Backend.Cpu, 1);
            x.RequiresGrad = true;
            Thread[] threads = [.. Enumerable.Range(0, 4).Select(_ => new Thread(Run))];
            foreach (Thread thread in threads) thread.Start();
            foreach (Thread thread in threads) thread.Join();
            Assert.That(x.Grad!.ToArray<float>(), Is.All.EqualTo(4 * 300 * 3));

            void Run()
            {
                for (int i = 0; i < 300; i++)
                {
                    using MemoryScope scope = MemoryScope.Open();
                    using Tape tape = Tape.Open();
                    tape.Backward(F.Sum(F.Affine(x, 3)));
                }
            }
        }

        Assert.That(Backend.Cpu.LiveBytes, Is.EqualTo(before));
    }

    [Test]
    public void A_leaf_that_has_ended_before_the_backward_pass_leaves_no_gradient_behind()
    {
        long before = Backend.Cpu.LiveBytes;
        using (MemoryScope.Open())
        {
            using Tape tape = Tape.Open();
            Tensor x = Leaf(3), y;
            using (MemoryScope inner = MemoryScope.Open())
                y = inner.Keep(F.Mul(x, Leaf(5)));
            tape.Backward(F.Sum(y));
            Assert.That(x.Grad!.ToArray<double>(), Is.All.EqualTo(5));
        }

        Assert.That(Backend.Cpu.LiveBytes, Is.EqualTo(before));
    }

    static Tensor Leaf(double value)
    {
        Tensor x = Tensor.Full([2], DType.F64, Backend.Cpu, value);
        x.RequiresGrad = true;
        return x;
    }

    sealed class TwoLayers(ParameterBuilder p) : Module<Tensor>
    {
        readonly Linear first = new(p["first"], 3, 5), second = new(p["second"], 5, 2);

        protected override Tensor Forward(Tensor x) => second.Call(F.Silu(first.Call(x)));
    }
}
