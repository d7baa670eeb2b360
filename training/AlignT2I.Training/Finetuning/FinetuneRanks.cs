using System.Runtime.InteropServices;
using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Training.Communicators;

namespace AlignT2I.Training.Finetuning;

/// <summary>An update on several ranks: pass i is rank i mod size's, and the sums over all passes are those of one process, bit for
/// bit.</summary>
internal sealed class FinetuneRanks : IDisposable
{
    readonly Communicator communicator;
    readonly ParameterStore parameters;
    readonly GradientBuckets buckets;
    readonly int images, imagesPerPass, passes;

    /// <exception cref="UsageException">There are more ranks than passes.</exception>
    public FinetuneRanks(Communicator communicator, ParameterStore parameters, int images, int imagesPerPass)
    {
        (this.communicator, this.parameters, this.images, this.imagesPerPass) = (communicator, parameters, images, imagesPerPass);
        passes = (images + imagesPerPass - 1) / imagesPerPass;
        if (passes < communicator.Size)
        {
            throw new UsageException(
                $"finetune: {communicator.Size} ranks share the {passes} {(passes == 1 ? "pass" : "passes")} of an update "
                + $"({images} images, {imagesPerPass} in a pass); "
                + $"choose a micro-batch size of at most {images / communicator.Size}, or fewer ranks.");
        }
        buckets = new GradientBuckets(communicator, parameters.Parameters, communicator.BucketBytes);
    }

    /// <summary>Whether any rank was asked to stop, when the last update ended.</summary>
    public bool Interrupted { get; private set; }

    /// <summary>Computes the gradients of an update into the parameters, the same on every rank.</summary>
    /// <param name="pass">Computes the gradients of some images (the first, and how many) by <see cref="Backward"/>; returns their
    /// loss.</param>
    /// <param name="cancellationToken">Asks all ranks to stop.</param>
    /// <returns>The loss: the sum over the passes.</returns>
    /// <exception cref="RankLostException">A rank is lost; the parameters are as before.</exception>
    public float Run(Func<int, int, float> pass, CancellationToken cancellationToken)
    {
        List<float> own = [cancellationToken.IsCancellationRequested ? 1 : 0];
        for (int round = 0; round < passes; round += communicator.Size)
        {
            parameters.ZeroGrad();
            buckets.BeginRound(Math.Min(communicator.Size, passes - round), first: round == 0);
            int index = round + communicator.Rank, first = index * imagesPerPass;
            if (index < passes)
            {
                using MemoryScope scope = MemoryScope.Open();
                own.Add(pass(first, Math.Min(imagesPerPass, images - first)));
            }
            buckets.EndRound();
        }
        buckets.ShareTotals();

        float[][] all = [.. communicator.Gather(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(own)).ToArray())
            .Select(bytes => MemoryMarshal.Cast<byte, float>(bytes).ToArray())];
        Interrupted = all.Any(values => values[0] > 0);
        float loss = 0;
        for (int index = 0; index < passes; index++)
            loss += all[index % communicator.Size][1 + index / communicator.Size];
        return loss;
    }

    /// <summary>The backward pass of one of these, which may be recorded.</summary>
    /// <param name="backward">Calls what it is given whenever it has added to a gradient.</param>
    public void Backward(Action<Action<Tensor>> backward) => buckets.Pass(backward);

    public void Dispose() => buckets.Dispose();
}
