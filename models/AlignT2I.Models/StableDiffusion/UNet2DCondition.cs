using AlignT2I.Engine;

namespace AlignT2I.Models.StableDiffusion;

/// <summary>The denoising network of Stable Diffusion: predicts the noise in latents, given the diffusion step and the text.</summary>
/// <remarks>
/// Rombach et al. 2022, arXiv:2112.10752; Ronneberger et al. 2015 for the shape. Parameter names as in diffusers' UNet2DConditionModel.
/// A way down over the resolutions, a middle, and a way up in which every layer also sees the way down's feature map of its size.
/// As every network here it takes and returns float32 (float64 where it computes in that), whatever type it computes in.
/// </remarks>
public sealed class UNet2DCondition : Module<Tensor, Tensor, Tensor>
{
    readonly Conv2d convIn, convOut;
    readonly TimeEmbedding timeEmbedding;
    readonly DownBlock[] downBlocks;
    readonly MidBlock midBlock;
    readonly UpBlock[] upBlocks;
    readonly GroupNorm convNormOut;
    readonly DType dtype;

    /// <summary>Builds the network; its parameters get their values from <paramref name="p"/>.</summary>
    /// <param name="p">The parameters, named as in <c>unet/diffusion_pytorch_model.safetensors</c>.</param>
    /// <param name="config">The network's shape.</param>
    /// <exception cref="Files.FileFormatException">The configuration contradicts itself.</exception>
    public UNet2DCondition(ParameterBuilder p, UNet2DConditionConfig config)
    {
        config.Validate("UNet2DCondition");
        Config = config;
        dtype = p.DType;
        int finest = config.BlockOutChannels[0];
        convIn = new Conv2d(p["conv_in"], config.InChannels, finest, kernel: 3, padding: 1);
        timeEmbedding = new TimeEmbedding(p["time_embedding"], finest, config.TimeEmbedDim);
        downBlocks = new DownBlock[config.Levels];
        for (int level = 0; level < config.Levels; level++)
            downBlocks[level] = new DownBlock(p["down_blocks"][level], config, level);
        midBlock = new MidBlock(p["mid_block"], config);
        upBlocks = new UpBlock[config.Levels];
        for (int i = 0; i < config.Levels; i++)
            upBlocks[i] = new UpBlock(p["up_blocks"][i], config, level: config.Levels - 1 - i);
        convNormOut = new GroupNorm(p["conv_norm_out"], config.NormNumGroups, finest, (float)config.NormEps, silu: true);
        convOut = new Conv2d(p["conv_out"], finest, config.OutChannels, kernel: 3, padding: 1);
    }

    /// <summary>The network's shape.</summary>
    public UNet2DConditionConfig Config { get; }

    /// <summary>
    /// Whether training holds only what goes into each residual block and transformer, and computes the rest again in the backward pass:
    /// much less memory for a third more time, and the same gradients but for rounding.
    /// </summary>
    public bool GradientCheckpointing
    {
        get => midBlock.GradientCheckpointing;
        set
        {
            midBlock.GradientCheckpointing = value;
            foreach (DownBlock block in downBlocks)
                block.GradientCheckpointing = value;
            foreach (UpBlock block in upBlocks)
                block.GradientCheckpointing = value;
        }
    }

    /// <summary>Predicts the noise.</summary>
    /// <param name="sample">Noisy latents [N, H, W, in_channels], of any height and width.</param>
    /// <param name="timesteps">Diffusion steps [N], F32, 0..999.</param>
    /// <param name="encoderHiddenStates">Text states [N, S, cross_attention_dim].</param>
    /// <returns>Noise prediction [N, H, W, out_channels].</returns>
    /// <exception cref="ShapeException">A shape is not as above.</exception>
    protected override Tensor Forward(Tensor sample, Tensor timesteps, Tensor encoderHiddenStates)
    {
        CheckShapes(sample, timesteps, encoderHiddenStates);
        Tensor temb = timeEmbedding.Call(timesteps);
        Tensor states = F.Cast(encoderHiddenStates, dtype), x = convIn.Call(F.Cast(sample, dtype));

        var skips = new Stack<Tensor>([x]);
        foreach (DownBlock block in downBlocks)
        {
            foreach (Tensor state in block.Call(x, temb, states))
                skips.Push(x = state);
        }
        x = midBlock.Call(x, temb, states);
        foreach (UpBlock block in upBlocks)
        {
            var inputs = new Tensor[Config.LayersPerBlock + 2];
            inputs[0] = x;
            for (int i = 1; i < inputs.Length; i++)
                inputs[i] = skips.Pop();
            x = block.Call(inputs, temb, states);
            x = block.Upsampler?.Call(x, skips.Peek()) ?? x;
        }
        return F.Cast(convOut.Call(convNormOut.Call(x)), dtype.Accumulator);
    }

    void CheckShapes(Tensor sample, Tensor timesteps, Tensor encoderHiddenStates)
    {
        if (sample.Shape.Rank != 4 || sample.Shape[3] != Config.InChannels)
            throw new ShapeException($"UNet2DCondition: sample is {sample.Shape}; expected [N, H, W, {Config.InChannels}].");
        int n = sample.Shape[0];
        if (timesteps.Shape.Rank != 1 || timesteps.Shape[0] != n)
            throw new ShapeException($"UNet2DCondition: timesteps are {timesteps.Shape}; expected [{n}], one for each sample.");
        if (encoderHiddenStates.Shape.Rank != 3 || encoderHiddenStates.Shape[0] != n
            || encoderHiddenStates.Shape[2] != Config.CrossAttentionDim)
            throw new ShapeException(
                $"UNet2DCondition: encoderHiddenStates are {encoderHiddenStates.Shape}; expected [{n}, S, {Config.CrossAttentionDim}].");
    }
}
