using AlignT2I.Engine;
using AlignT2I.Models.Parity;
using AlignT2I.Models.Reward;
using AlignT2I.Testing;
using AlignT2I.Training.Rewards;

namespace AlignT2I.Training.Tests.Rewards;

public class RewardLossTests
{
    const double LossTolerance = 1e-5;

    [TestCase("reward/tiny")]
    [TestCase("reward/full-768")]
    public void Loss_trajectory_of_twenty_updates_matches_the_recording(string name)
    {
        using ParityCase golden = ParityCase.Read(Golden.Path(name));
        using MemoryScope scope = MemoryScope.Open();
        (RewardModel model, ParameterStore parameters) = Model(golden);
        using ParameterStore owned = parameters;
        using var optimizer = new AdamW(parameters.Parameters, weightDecay: 0.01);
        double learningRate = golden.Config.GetProperty("optimizer").GetProperty("lr").GetDouble();
        double[] expected = golden.Values("output64.loss_trajectory");
        for (int step = 0; step < expected.Length / 3; step++)
        {
            using MemoryScope inner = MemoryScope.Open();
            using Tape tape = Tape.Open();
            RewardLossTerms terms = RewardLoss.Compute(model, Batch(golden), promptClassificationWeight: 0.5, temperature: 2);
            double[] found = [terms.MeanSquaredError.Item(), terms.PromptClassification!.Item(), terms.Total.Item()];
            for (int i = 0; i < 3; i++)
            {
                double wanted = expected[step * 3 + i];
                Assert.That(found[i], Is.EqualTo(wanted).Within(LossTolerance * wanted), $"step {step}, term {i}");
            }
            tape.Backward(terms.Total);
            optimizer.Step(learningRate);
            parameters.ClearGrad();
        }
        using Tape pause = Tape.Pause();
        Tensor final = model.Call(Input(golden, "input.image_embeds"), Input(golden, "input.text_embeds"));
        TensorAssert.Close(final, Input(golden, "output.final_reward"), LossTolerance, "final reward");
    }

    [Test]
    public void Without_weight_the_prompt_classification_is_left_out()
    {
        using ParityCase golden = ParityCase.Read(Golden.Path("reward/tiny"));
        using MemoryScope scope = MemoryScope.Open();
        (RewardModel model, ParameterStore parameters) = Model(golden);
        using ParameterStore owned = parameters;
        RewardLossTerms terms = RewardLoss.Compute(model, Batch(golden), promptClassificationWeight: 0, temperature: 2);
        Assert.That(terms.PromptClassification, Is.Null);
        Assert.That(terms.Total.Item(), Is.EqualTo(golden.Values("output.loss_mse")[0]).Within(1e-6));
    }

    static (RewardModel, ParameterStore) Model(ParityCase golden)
    {
        var parameters = new ParameterStore(new SyntheticParameters(golden.Weights!));
        var model = new RewardModel(parameters.Root, RewardModelConfig.Parse(golden.Config.GetRawText(), golden.Name));
        parameters.Finish();
        parameters.RequireGrad();
        return (model, parameters);
    }

    /// <summary>The recording has the prompt classification's pairs apart, the original at any place: here it is the first.</summary>
    static RewardBatch Batch(ParityCase golden)
    {
        int[] targets = Array.ConvertAll(golden.Values("input.pc_target"), v => (int)v);
        int labelled = golden.ShapeOf("input.labels")[0];
        int dim = golden.ShapeOf("input.image_embeds")[1], n = golden.ShapeOf("input.pc_text_embeds")[1];
        float[] pcImages = Floats(golden, "input.pc_image_embeds");
        float[] images = [.. Floats(golden, "input.image_embeds"),
            .. targets.SelectMany((_, m) => Enumerable.Repeat(pcImages[(m * dim)..((m + 1) * dim)], n).SelectMany(row => row))];
        float[] texts = [.. Floats(golden, "input.text_embeds"), .. Floats(golden, "input.pc_text_embeds")];
        int[] choices =
        [
            .. targets.SelectMany((target, m) =>
                Enumerable.Range(0, n).OrderBy(j => j != target).Select(j => labelled + m * n + j)),
        ];
        int rows = labelled + targets.Length * n;
        return new RewardBatch(
            Tensor.From(images, [rows, dim]), Tensor.From(texts, [rows, texts.Length / rows]), Input(golden, "input.labels"),
            Tensor.From(choices, [targets.Length, n]));
    }

    static float[] Floats(ParityCase golden, string name) => Array.ConvertAll(golden.Values(name), v => (float)v);

    static Tensor Input(ParityCase golden, string name) =>
        Tensor.From(Array.ConvertAll(golden.Values(name), v => (float)v), golden.ShapeOf(name));
}
