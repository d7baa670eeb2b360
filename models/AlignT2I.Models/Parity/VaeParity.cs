using AlignT2I.Engine;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Models.Parity;

/// <summary>Runs recordings of one half of the autoencoder: the encoder where there is an image to encode, else the decoder.</summary>
internal static class VaeParity
{
    public static void Run(ParityRun run)
    {
        var config = AutoencoderKLConfig.Parse(run.Case.Config.GetRawText(), run.Case.Path);
        using ParameterStore store = run.Parameters();
        if (run.Case.Has("input.image"))
            RunHalf(run, store, new AutoencoderKLEncoder(store.Root, config), "image", "moments");
        else
            RunHalf(run, store, new AutoencoderKLDecoder(store.Root, config), "latent", "image");
    }

    static void RunHalf(ParityRun run, ParameterStore store, Module<Tensor> half, string input, string output)
    {
        Tensor x = run.Image("input." + input);
        bool backward = run.Case.Has("cotangent." + output);
        if (backward)
        {
            x.RequiresGrad = true;
            store.RequireGrad();
        }

        using Tape tape = backward ? Tape.Open() : Tape.Pause();
        Tensor y = half.Call(x);
        CheckOutputs(run, y, output);
        if (!backward)
            return;
        tape.Backward(y, run.Image("cotangent." + output));
        run.CheckImage("grad.input." + input, x.Grad, ParityLimits.Gradient);
        run.CheckGradients(store);
    }

    static void CheckOutputs(ParityRun run, Tensor y, string output)
    {
        if (run.Case.Has("output." + output))
            run.CheckImage("output." + output, y, ParityLimits.Output);
        if (!run.Case.Has("output.mean"))
            return;
        using Tape pause = Tape.Pause();
        var latents = new DiagonalGaussian(y);
        run.CheckImage("output.mean", latents.Mean, ParityLimits.Output);
        run.CheckImage("output.logvar", latents.Logvar, ParityLimits.Output);
        if (run.Case.Has("output.std"))
            run.CheckImage("output.std", latents.Std(), ParityLimits.Output);
    }
}
