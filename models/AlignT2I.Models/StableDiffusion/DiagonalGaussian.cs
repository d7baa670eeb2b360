using AlignT2I.Engine;

namespace AlignT2I.Models.StableDiffusion;

/// <summary>The distribution of an image's latents: independent normal variables.</summary>
/// <remarks>Kingma &amp; Welling 2013, arXiv:1312.6114. As diffusers' DiagonalGaussianDistribution.</remarks>
public sealed class DiagonalGaussian
{
    const double LeastLogvar = -30, MostLogvar = 20;

    /// <summary>Reads the encoder's output.</summary>
    /// <param name="moments">[N, h, w, 2C]: the mean, then the log-variance, which is clamped to -30..20.</param>
    /// <exception cref="ShapeException">The last axis is not even.</exception>
    public DiagonalGaussian(Tensor moments)
    {
        if (moments.Shape.Rank != 4 || moments.Shape[3] % 2 != 0)
            throw new ShapeException($"DiagonalGaussian: moments are {moments.Shape}; expected [N, h, w, 2C], mean and log-variance.");
        int channels = moments.Shape[3] / 2;
        Tensor[] halves = F.Split(moments, channels, channels);
        Mean = halves[0];
        Logvar = F.Clamp(halves[1], LeastLogvar, MostLogvar);
    }

    /// <summary>The mean [N, h, w, C], the most probable latents.</summary>
    public Tensor Mean { get; }

    /// <summary>The natural logarithm of the variance [N, h, w, C].</summary>
    public Tensor Logvar { get; }

    /// <summary>The standard deviation [N, h, w, C].</summary>
    public Tensor Std() => F.Exp(F.Affine(Logvar, 0.5));

    /// <summary>Latents drawn from the distribution: mean + std * noise.</summary>
    /// <param name="noise">Standard normal noise [N, h, w, C].</param>
    public Tensor Sample(Tensor noise) => F.Add(Mean, F.Mul(Std(), noise));

    /// <summary>Kullback-Leibler divergence from the standard normal distribution, averaged over all elements: [].</summary>
    public Tensor KlDivergence()
    {
        Tensor squares = F.Add(F.Mul(Mean, Mean), F.Exp(Logvar));
        return F.Affine(F.Mean(F.Sub(squares, Logvar)), 0.5, -0.5);
    }
}
