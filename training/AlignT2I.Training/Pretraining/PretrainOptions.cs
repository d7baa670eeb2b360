namespace AlignT2I.Training.Pretraining;

/// <summary>What <c>align pretrain</c> can be told. The defaults are those of the miniature that ships, less what its card says.</summary>
public sealed record PretrainOptions
{
    /// <summary>Decides everything random.</summary>
    public ulong Seed { get; init; }

    /// <summary>A miniature whose UNet is trained on, on captions that misstate as the web's do; null makes all of it anew.</summary>
    public string? BaseModel { get; init; }

    /// <summary>Updates of the autoencoder.</summary>
    public int VaeSteps { get; init; } = 2400;

    /// <summary>Images in one update of the autoencoder.</summary>
    public int VaeBatchSize { get; init; } = 16;

    /// <summary>Peak learning rate of the autoencoder.</summary>
    public double VaeLearningRate { get; init; } = 2e-3;

    /// <summary>Weight of the Kullback-Leibler term against the mean squared error.</summary>
    public double KlWeight { get; init; } = 1e-5;

    /// <summary>Updates of CLIP.</summary>
    public int ClipSteps { get; init; } = 2800;

    /// <summary>Image and caption pairs in one update of CLIP.</summary>
    public int ClipBatchSize { get; init; } = 128;

    /// <summary>Pairs of a batch that share colour and background.</summary>
    public int ClipGroupSize { get; init; } = 16;

    /// <summary>Peak learning rate of CLIP.</summary>
    public double ClipLearningRate { get; init; } = 1e-3;

    /// <summary>Scenes that the diffusion model learns from, encoded once.</summary>
    public int Scenes { get; init; } = 60_000;

    /// <summary>Updates of the diffusion model.</summary>
    public int DiffusionSteps { get; init; } = 4_000;

    /// <summary>Updates after which the diffusion model's learning rate would be zero; no less than
    /// <see cref="DiffusionSteps"/> counts. The miniature stops before that: its counts and combinations are to be as wrong as
    /// Table 1 of Lee et al. 2023 found SD v1.5's.</summary>
    public int DiffusionScheduleSteps { get; init; } = 6_500;

    /// <summary>Latents in one update of the diffusion model.</summary>
    public int DiffusionBatchSize { get; init; } = 32;

    /// <summary>Peak learning rate of the diffusion model.</summary>
    public double DiffusionLearningRate { get; init; } = 1e-3;

    /// <summary>Updates of the diffusion model on captions that misstate as the web's do, after those on true ones.</summary>
    public int WebSteps { get; init; } = 1_000;

    /// <summary>Peak learning rate of the diffusion model on such captions; it ends at zero.</summary>
    public double WebLearningRate { get; init; } = 6e-4;

    /// <summary>Share of captions replaced by the empty prompt, for classifier-free guidance.</summary>
    public double ConditioningDropout { get; init; } = 0.1;

    /// <summary>Decay of the averaged weights that are shipped.</summary>
    public double EmaDecay { get; init; } = 0.999;

    /// <summary>Updates between two checkpoints.</summary>
    public int CheckpointSteps { get; init; } = 200;
}
