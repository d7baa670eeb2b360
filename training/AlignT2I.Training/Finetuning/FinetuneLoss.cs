using AlignT2I.Engine;
using AlignT2I.Models.Schedulers;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Training.Finetuning;

/// <summary>
/// The loss of fine-tuning (Lee et al. 2023, arXiv:2302.12192, eq. 4): reward-weighted denoising error plus beta times that of
/// pre-training.
/// </summary>
/// <remarks>
/// Both terms are sums of coefficient times mean squared error of the noise, over images: the coefficient is reward / images for an image
/// of the model and beta / images for one of pre-training. A sum can be computed in parts, whose gradients add up.
/// </remarks>
public static class FinetuneLoss
{
    /// <summary>Coefficients of an image of the model: its reward over their number.</summary>
    public static float ModelCoefficient(float reward, int images) => reward / images;

    /// <summary>Coefficient of a pre-training image: beta over their number.</summary>
    public static float PretrainingCoefficient(double pretrainingWeight, int images) => (float)(pretrainingWeight / images);

    /// <summary>
    /// Factor of an error in predicted noise under min-SNR weighting: min(s, gamma) / s (Hang et al. 2023, arXiv:2303.09556, section
    /// 3.4).
    /// </summary>
    /// <param name="alphaCumprod">Share of the signal's variance at the timestep: s = a / (1 - a).</param>
    /// <param name="gamma">Ratio above which errors count less.</param>
    public static double MinSnrFactor(double alphaCumprod, double gamma)
    {
        double ratio = alphaCumprod / (1 - alphaCumprod);
        return Math.Min(ratio, gamma) / ratio;
    }

    /// <summary>Computes the part of the loss that a batch holds, under the current tape.</summary>
    /// <param name="unet">The network.</param>
    /// <param name="scheduler">Its noise schedule.</param>
    /// <param name="batch">The images.</param>
    /// <returns>A scalar: the sum over the batch of coefficient times mean of (noise - prediction)².</returns>
    /// <exception cref="ShapeException">The batch does not fit the network.</exception>
    public static Tensor Compute(UNet2DCondition unet, Scheduler scheduler, FinetuneBatch batch) =>
        Compute(unet, FinetuneInputs.Of(scheduler, batch));

    internal static Tensor Compute(UNet2DCondition unet, FinetuneInputs inputs) => F.MseLoss(
        unet.Call(inputs.Sample, inputs.Timesteps, inputs.EncoderHiddenStates), inputs.Noise, inputs.Weights);
}
