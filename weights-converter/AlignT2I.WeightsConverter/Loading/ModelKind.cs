namespace AlignT2I.WeightsConverter.Loading;

/// <summary>What a file or folder of weights is.</summary>
public enum ModelKind
{
    /// <summary>Stable Diffusion v1 as a diffusers folder.</summary>
    DiffusersFolder,

    /// <summary>Stable Diffusion v1 in one file, with the names of the latent diffusion code.</summary>
    LdmCheckpoint,

    /// <summary>CLIP with OpenAI's names.</summary>
    OpenAiClip,

    /// <summary>CLIP with the names of transformers.</summary>
    TransformersClip,

    /// <summary>The Inception network that measures the Fréchet inception distance.</summary>
    FidInception,

    /// <summary>An aesthetic predictor over CLIP embeddings.</summary>
    AestheticPredictor,

    /// <summary>Low-rank adaptation with kohya's names.</summary>
    KohyaLora,

    /// <summary>Low-rank adaptation with the names of diffusers.</summary>
    DiffusersLora,

    /// <summary>Tensors of no model that is known.</summary>
    Other,
}
