using AlignT2I.Engine;
using AlignT2I.Models.Reward;

namespace AlignT2I.Models.Parity;

/// <summary>Runs recordings of the reward model: its losses and their gradients, and a short training.</summary>
/// <remarks>Lee et al. 2023, arXiv:2302.12192, eqs. 1 to 3: mean square error + lambda * prompt classification at temperature T.</remarks>
internal static class RewardParity
{
    public static void Run(ParityRun run)
    {
        var config = RewardModelConfig.Parse(run.Case.Config.GetRawText(), run.Case.Path);
        using ParameterStore store = run.Parameters();
        var model = new RewardModel(store.Root, config);
        Tensor imageEmbeds = run.Tensor("input.image_embeds"), textEmbeds = run.Tensor("input.text_embeds");
        imageEmbeds.RequiresGrad = textEmbeds.RequiresGrad = true;
        store.RequireGrad();
        using (Tape tape = Tape.Open())
        {
            Outputs first = Forward(run, model, imageEmbeds, textEmbeds);
            run.Check("output.reward", first.Reward, ParityLimits.Output);
            run.Check("output.pc_reward", first.PromptRewards, ParityLimits.Output);
            run.Check("output.loss_mse", first.Mse, ParityLimits.Output);
            run.Check("output.loss_pc", first.PromptClassification, ParityLimits.Output);
            run.Check("output.loss", first.Loss, ParityLimits.Output);
            tape.Backward(first.Loss);
        }
        run.Check("grad.input.image_embeds", imageEmbeds.Grad, ParityLimits.Gradient);
        run.Check("grad.input.text_embeds", textEmbeds.Grad, ParityLimits.Gradient);
        run.CheckGradients(store, "stat_names");
        imageEmbeds.RequiresGrad = textEmbeds.RequiresGrad = false;
        Train(run, store, model, imageEmbeds, textEmbeds);
    }

    sealed record Outputs(Tensor Reward, Tensor PromptRewards, Tensor Mse, Tensor PromptClassification, Tensor Loss);

    static Outputs Forward(ParityRun run, RewardModel model, Tensor imageEmbeds, Tensor textEmbeds)
    {
        Tensor reward = model.Call(imageEmbeds, textEmbeds);
        Tensor mse = F.MseLoss(reward, run.Tensor("input.labels"));

        Tensor images = run.Tensor("input.pc_image_embeds"), prompts = run.Tensor("input.pc_text_embeds");
        (int n, int candidates, int dim) = (prompts.Shape[0], prompts.Shape[1], prompts.Shape[2]);
        int[] rows = [.. Enumerable.Range(0, n * candidates).Select(i => i / candidates)];
        Tensor repeated = F.Embedding(Tensor.From(rows, [n * candidates], run.Backend), images);
        Tensor promptRewards = model.Call(repeated, prompts.Reshape([n * candidates, dim])).Reshape([n, candidates]);
        int[] target = Array.ConvertAll(run.Case.Values("input.pc_target"), t => (int)t);
        Tensor classification = F.CrossEntropy(
            F.Affine(promptRewards, 1 / Number(run, "temperature")), Tensor.From(target, [n], run.Backend));
        return new Outputs(reward, promptRewards, mse, classification, F.Add(mse, F.Affine(classification, Number(run, "lambda"))));
    }

    static void Train(ParityRun run, ParameterStore store, RewardModel model, Tensor imageEmbeds, Tensor textEmbeds)
    {
        ParitySetting options = run.Case.Settings["optimizer"];
        double[] betas = options["betas"].Numbers(2);
        using var optimizer = new AdamW(
            store.Parameters, betas[0], betas[1], options["eps"].Number, options["weight_decay"].Number);
        Dictionary<string, double[]> initial = Values(store);
        List<double> losses = [];
        for (int step = 0; step < options["steps"].Count; step++)
        {
            using MemoryScope scope = MemoryScope.Open();
            store.ClearGrad();
            using Tape tape = Tape.Open();
            Outputs outputs = Forward(run, model, imageEmbeds, textEmbeds);
            losses.AddRange([outputs.Mse.Item(), outputs.PromptClassification.Item(), outputs.Loss.Item()]);
            tape.Backward(outputs.Loss);
            optimizer.Step(options["lr"].Number);
        }
        run.Check("output.loss_trajectory", [.. losses], ParityLimits.LossTrajectory);
        using (Tape.Pause())
            run.Check("output.final_reward", model.Call(imageEmbeds, textEmbeds), ParityLimits.LossTrajectory);

        Dictionary<string, double[]> final = Values(store);
        const string prefix = "output.final_param.";
        foreach (string name in run.Case.Names.Where(n => n.StartsWith(prefix, StringComparison.Ordinal)).ToArray())
        {
            run.Check(name, final[name[prefix.Length..]], ParityLimits.LossTrajectory);
            run.Add(Change(name, run.Case.Values(name), initial[name[prefix.Length..]], final[name[prefix.Length..]]));
        }
        run.CheckStatistics("final_param_stat", "stat_names", name => final[name],
            (ParityLimits.LossTrajectory, ParityLimits.LossTrajectory, ParityLimits.LossTrajectory));
    }

    /// <summary>What training changed, which is small beside the parameter itself.</summary>
    static ParityComparison Change(string name, double[] recorded, double[] initial, double[] final) => ParityComparison.Of(
        $"{name} - initial", [.. final.Zip(initial, (f, i) => f - i)], [.. recorded.Zip(initial, (r, i) => r - i)],
        ParityMeasure.RelativeL2, ParityLimits.Delta, "");

    static Dictionary<string, double[]> Values(ParameterStore store) =>
        store.Parameters.ToDictionary(p => p.Name, p => ParityRun.FileValues(p, p.Value));

    static double Number(ParityRun run, string key) => run.Case.Settings[key].Number;
}
