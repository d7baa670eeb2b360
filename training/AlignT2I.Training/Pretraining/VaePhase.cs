using AlignT2I.Engine;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Training.Pretraining;

/// <summary>Trains the autoencoder: mean squared error and a light Kullback-Leibler term.</summary>
/// <remarks>Kingma &amp; Welling 2014, arXiv:1312.6114; Rombach et al. 2022, appendix G,
/// without the adversarial and perceptual losses.</remarks>
internal sealed class VaePhase(AutoencoderKL vae, ParameterStore parameters, PretrainOptions options)
    : PretrainingPhase(new PhasePlan("train VAE", options.VaeSteps, options.VaeLearningRate, Stream: 1), options, parameters)
{
    protected override Tensor[] Batch(Philox random)
    {
        Tensor pixels = RenderedImages.Render(RenderedImages.Draw(Options.VaeBatchSize, random)).To(Backend);
        Tensor noise = Tensor.Empty([Options.VaeBatchSize, .. LatentScenes.LatentShape], DType.F32, Backend);
        random.Normal(noise);
        return [pixels, noise];
    }

    protected override Tensor Loss(Tensor[] batch)
    {
        Tensor pixels = batch[0], noise = batch[1];
        DiagonalGaussian posterior = vae.Encode(pixels);
        Tensor error = F.MseLoss(vae.Decoder.Call(posterior.Sample(noise)), pixels);
        return F.Add(error, F.Affine(posterior.KlDivergence(), Options.KlWeight));
    }
}
