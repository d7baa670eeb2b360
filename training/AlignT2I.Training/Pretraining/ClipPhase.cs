using AlignT2I.Engine;
using AlignT2I.Models.Clip;

namespace AlignT2I.Training.Pretraining;

/// <summary>Trains CLIP: each image is to find its caption among the batch's, and each caption its image.</summary>
/// <remarks>
/// Radford et al. 2021, arXiv:2103.00020, figure 3. Colour and background alone tell a random batch apart, and CLIP would learn no more:
/// a batch is made of groups that share both, so that object and count have to be seen.
/// </remarks>
internal sealed class ClipPhase(ClipModel clip, ClipTokenizer tokenizer, ParameterStore parameters, PretrainOptions options)
    : PretrainingPhase("train CLIP", options.ClipSteps, options.ClipLearningRate, options, parameters, stream: 2)
{
    protected override Tensor Loss(Philox random)
    {
        int n = Options.ClipBatchSize;
        (Tensor pixels, string[] captions) = RenderedImages.DrawGroups(n, Options.ClipGroupSize, random);
        Tensor inputIds = Tensor.From([.. captions.SelectMany(tokenizer.Encode)], [n, tokenizer.ModelMaxLength]);
        Tensor logits = clip.Call(pixels, inputIds);

        Tensor identity = Tensor.Zeros([n, n], DType.F32, Backend.Cpu);
        for (int i = 0; i < n; i++)
            identity.AsSpan<float>()[i * n + i] = 1;
        Tensor transposed = F.MatMul(logits, identity, transposeA: true);
        Tensor labels = Tensor.From([.. Enumerable.Range(0, n)], [n]);
        return F.Affine(F.Add(F.CrossEntropy(logits, labels), F.CrossEntropy(transposed, labels)), 0.5);
    }
}
