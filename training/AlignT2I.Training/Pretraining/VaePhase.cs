using AlignT2I.Engine;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Training.Pretraining;

/// <summary>Trains the autoencoder: mean squared error and a light Kullback-Leibler term.</summary>
/// <remarks>Kingma &amp; Welling 2014, arXiv:1312.6114; Rombach et al. 2022, appendix G, without the adversarial and perceptual losses.</remarks>
internal sealed class VaePhase(AutoencoderKL vae, ParameterStore parameters, PretrainOptions options)
    : PretrainingPhase("train VAE", options.VaeSteps, options.VaeLearningRate, options, parameters, stream: 1)
{
    protected override Tensor Loss(Philox random)
    {
        Tensor pixels = RenderedImages.Render(RenderedImages.Draw(Options.VaeBatchSize, random)).To(Backend);
        DiagonalGaussian posterior = vae.Encode(pixels);
        Tensor noise = Tensor.Empty(posterior.Mean.Shape, DType.F32, Backend.Cpu);
        random.Normal(noise.AsSpan<float>());
        Tensor error = F.MseLoss(vae.Decoder.Call(posterior.Sample(noise.To(Backend))), pixels);
        return F.Add(error, F.Affine(posterior.KlDivergence(), Options.KlWeight));
    }
}
