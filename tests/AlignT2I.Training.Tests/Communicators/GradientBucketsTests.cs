using AlignT2I.Engine;
using AlignT2I.Training.Communicators;

namespace AlignT2I.Training.Tests.Communicators;

public class GradientBucketsTests
{
    static readonly int[] lengths = [7, 1, 30, 13];

    /// <summary>Buckets from one that holds everything to such as cut every gradient; passes that the ranks share unevenly.</summary>
    [Test]
    public void The_sum_is_that_of_one_process_bit_for_bit(
        [Values(2, 3, 4)] int size, [Values(4, 5, 9)] int passes, [Values(8, 40, 1 << 20)] int bucketBytes)
    {
        float[] expected = Sum(passes);
        foreach (float[] gradients in new ThreadRanks(size).Run(ranks => Sum(ranks, passes, bucketBytes)))
            Assert.That(gradients, Is.EqualTo(expected));
    }

    [Test]
    public void Buckets_go_while_backward_goes_on_once_the_first_pass_has_shown_the_order()
    {
        ThreadRanks two = new(2);
        two.Run(ranks => Sum(ranks, passes: 4, bucketBytes: 40, two));
        string[] events = [.. two.Events];
        int first = Array.IndexOf(events, "backward ended"), second = Array.IndexOf(events, "backward ended", first + 1);
        Assert.That(events[..first], Does.Not.Contain("exchange"));
        Assert.That(events[(first + 1)..second].SkipWhile(e => e != "backward began").Count(e => e == "exchange"), Is.GreaterThan(2));
    }

    /// <summary>The gradients of each pass, added in the order of the passes.</summary>
    static float[] Sum(int passes)
    {
        float[] sum = new float[lengths.Sum()];
        for (int pass = 0; pass < passes; pass++)
        {
            using MemoryScope scope = MemoryScope.Open();
            using ParameterStore store = Store();
            Backward(store.Parameters, pass, null);
            float[] gradients = Gradients(store.Parameters);
            for (int i = 0; i < sum.Length; i++)
                sum[i] += gradients[i];
        }
        return sum;
    }

    static float[] Sum(Communicator ranks, int passes, int bucketBytes, ThreadRanks? notes = null)
    {
        using MemoryScope scope = MemoryScope.Open();
        using ParameterStore store = Store();
        IReadOnlyList<Parameter> parameters = store.Parameters;
        using GradientBuckets buckets = new(ranks, parameters, bucketBytes);
        for (int update = 0; update < 2; update++)      // the second begins from zero
        {
            for (int round = 0; round < passes; round += ranks.Size)
            {
                store.ZeroGrad();
                buckets.BeginRound(Math.Min(ranks.Size, passes - round), first: round == 0);
                int pass = round + ranks.Rank;
                if (pass < passes)
                {
                    if (ranks.IsFirst)
                        notes?.Note("backward began");
                    buckets.Pass(gradientAdded => Backward(parameters, pass, gradientAdded));
                    if (ranks.IsFirst)
                        notes?.Note("backward ended");
                }
                buckets.EndRound();
            }
            buckets.ShareTotals();
        }
        return Gradients(parameters);
    }

    /// <summary>One parameter is read twice, and one not at all.</summary>
    static void Backward(IReadOnlyList<Parameter> parameters, int pass, Action<Tensor>? gradientAdded)
    {
        using Tape tape = Tape.Open();
        tape.GradientAdded = gradientAdded;
        Tensor sum = Term(parameters[0], pass, 0);
        for (int i = 0; i < parameters.Count - 1; i++)
            sum = F.Add(sum, Term(parameters[i], pass, i + 1));
        tape.Backward(sum);
    }

    static Tensor Term(Parameter parameter, int pass, int stream)
    {
        float[] factors = new float[parameter.Value.Count];
        new Philox((ulong)pass, (ulong)stream).Normal(factors);
        return F.Sum(F.Mul(parameter.Value, Tensor.From(factors, parameter.Value.Shape)));
    }

    static ParameterStore Store()
    {
        ParameterStore store = new(new RandomParameters(seed: 1));
        for (int i = 0; i < lengths.Length; i++)
            store.Root.Weight($"p{i}", [lengths[i]], Init.Ones);
        store.RequireGrad();
        store.ZeroGrad();
        return store;
    }

    static float[] Gradients(IReadOnlyList<Parameter> parameters) => [.. parameters.SelectMany(p => p.Grad!.ToArray<float>())];
}
