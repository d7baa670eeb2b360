using AlignT2I.Engine;
using AlignT2I.Models.Clip;

namespace AlignT2I.Models.Parity;

/// <summary>Runs recordings of CLIP's two towers.</summary>
internal static class ClipParity
{
    public static void RunText(ParityRun run)
    {
        var config = ClipTextConfig.Parse(run.Case.Config.GetRawText(), run.Case.Path);
        using ParameterStore store = run.Parameters();
        var model = new ClipTextModelWithProjection(store.Root, config);
        int[] ids = Array.ConvertAll(run.Case.Values("input.input_ids"), id => (int)id);
        Tensor inputIds = Tensor.From(ids, run.Case.ShapeOf("input.input_ids"), run.Backend);
        RunTower(run, store, () => model.Call(inputIds), "text_embeds");
    }

    public static void RunVision(ParityRun run)
    {
        var config = ClipVisionConfig.Parse(run.Case.Config.GetRawText(), run.Case.Path);
        using ParameterStore store = run.Parameters();
        var model = new ClipVisionModelWithProjection(store.Root, config);
        Tensor pixelValues = run.Image("input.pixel_values");
        pixelValues.RequiresGrad = run.Case.Has("grad.input.pixel_values");
        RunTower(run, store, () => model.Call(pixelValues), "image_embeds");
        if (pixelValues.RequiresGrad) run.CheckImage("grad.input.pixel_values", pixelValues.Grad, ParityLimits.Gradient);
    }

    /// <summary>The three outputs and, where the case has cotangents, every parameter's gradient of the sum of output times
    /// cotangent.</summary>
    static void RunTower(ParityRun run, ParameterStore store, Func<Tensor[]> call, string embeds)
    {
        bool backward = run.Case.Has("cotangent." + embeds);
        store.RequireGrad(backward);
        using Tape tape = backward ? Tape.Open() : Tape.Pause();
        Tensor[] outputs = call();
        CheckHiddenState(run, outputs[0]);
        run.Check("output.pooled", outputs[1], ParityLimits.Output);
        run.Check("output." + embeds, outputs[2], ParityLimits.Output);
        if (!backward) return;
        tape.Backward(F.Add(
            F.Sum(F.Mul(outputs[0], run.Tensor("cotangent.last_hidden_state"))),
            F.Sum(F.Mul(outputs[2], run.Tensor("cotangent." + embeds)))));
        run.CheckGradients(store);
    }

    /// <summary>All tokens, or the first ones where the recording has no more.</summary>
    static void CheckHiddenState(ParityRun run, Tensor hidden)
    {
        const string all = "output.last_hidden_state", first = "output.last_hidden_state_first8";
        if (run.Case.Has(all))
        {
            run.Check(all, hidden, ParityLimits.Output);
            return;
        }
        int n = hidden.Shape[0], row = hidden.Shape[1] * hidden.Shape[2];
        run.Check(first, F.SliceLast(hidden.Reshape([n, row]), 0, run.Case.ShapeOf(first)[1] * hidden.Shape[2]), ParityLimits.Output);
    }
}
