namespace AlignT2I.WeightsConverter.Loading;

/// <summary>Which of two sets of UNet weights a training checkpoint's reader takes.</summary>
public enum WeightsChoice
{
    /// <summary>The running average where the file has one, else the only weights there are.</summary>
    Auto,

    /// <summary>
    /// The running average of training (<c>model_ema.*</c>): what the published diffusers folders hold, best for images.
    /// </summary>
    Ema,

    /// <summary>The weights of the last training step (<c>model.diffusion_model.*</c>): what training goes on from.</summary>
    Live,
}
