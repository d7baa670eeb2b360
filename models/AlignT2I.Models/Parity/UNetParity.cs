using AlignT2I.Engine;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Models.Parity;

/// <summary>Runs recordings of the denoising network.</summary>
internal static class UNetParity
{
    public static void Run(ParityRun run)
    {
        var config = UNet2DConditionConfig.Parse(run.Case.Config.GetRawText(), run.Case.Path);
        using ParameterStore store = run.Parameters();
        var unet = new UNet2DCondition(store.Root, config);
        Tensor sample = run.Image("input.sample"), timesteps = run.Tensor("input.timestep");
        Tensor states = run.Tensor("input.encoder_hidden_states");
        bool backward = run.Case.Has("cotangent.sample");
        if (backward)
        {
            sample.RequiresGrad = states.RequiresGrad = true;
            store.RequireGrad();
        }

        using Tape tape = backward ? Tape.Open() : Tape.Pause();
        Tensor prediction = unet.Call(sample, timesteps, states);
        run.CheckImage("output.sample", prediction, ParityLimits.Output);
        if (!backward)
            return;
        tape.Backward(prediction, run.Image("cotangent.sample"));
        run.CheckImage("grad.input.sample", sample.Grad, ParityLimits.Gradient);
        run.Check("grad.input.encoder_hidden_states", states.Grad, ParityLimits.Gradient);
        run.CheckGradients(store);
    }
}
