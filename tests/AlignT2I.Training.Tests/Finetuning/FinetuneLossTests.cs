using AlignT2I.Engine;
using AlignT2I.Models.Parity;
using AlignT2I.Models.Schedulers;
using AlignT2I.Models.StableDiffusion;
using AlignT2I.Testing;
using AlignT2I.Training.Finetuning;

namespace AlignT2I.Training.Tests.Finetuning;

public class FinetuneLossTests
{
    const double LossTolerance = 1e-5;

    [TestCase(1)]
    [TestCase(3)]
    public void Loss_trajectory_of_ten_updates_matches_the_recording_in_one_or_more_parts(int imagesPerPart)
    {
        using ParityCase golden = ParityCase.Read(Golden.Path("finetune/tiny-a"));
        using var parameters = new ParameterStore(new SyntheticParameters(golden.Weights!));
        var unet = new UNet2DCondition(
            parameters.Root, UNet2DConditionConfig.Parse(golden.Config.GetProperty("unet").GetRawText(), golden.Name));
        parameters.RequireGrad();
        using var optimizer = new AdamW(parameters.Parameters, weightDecay: golden.Config.GetProperty("weight_decay").GetDouble());
        double beta = golden.Config.GetProperty("beta").GetDouble(), learningRate = golden.Config.GetProperty("lr").GetDouble();
        double[] expected = golden.Values("output.loss_trajectory");
        for (int step = 0; step < expected.Length / 3; step++)
        {
            double loss = Accumulate(golden, unet, step, "model", beta, imagesPerPart)
                + Accumulate(golden, unet, step, "pretrain", beta, imagesPerPart);
            Assert.That(loss, Is.EqualTo(expected[step * 3 + 2]).Within(LossTolerance * expected[step * 3 + 2]), $"step {step}");
            optimizer.Step(learningRate);
            parameters.ClearGrad();
        }
    }

    static double Accumulate(ParityCase golden, UNet2DCondition unet, int step, string kind, double beta, int imagesPerPart)
    {
        int images = golden.ShapeOf($"input.{kind}_latents")[1];
        double loss = 0;
        for (int first = 0; first < images; first += imagesPerPart)
        {
            using MemoryScope scope = MemoryScope.Open();
            using Tape tape = Tape.Open();
            int count = Math.Min(imagesPerPart, images - first);
            double[] timesteps = Rows(golden, $"input.{kind}_timesteps", step, first, count);
            float[] coefficients = kind == "model"
                ? [.. Rows(golden, "input.rewards", step, first, count).Select(r => FinetuneLoss.ModelCoefficient((float)r, images))]
                : [.. Enumerable.Repeat(FinetuneLoss.PretrainingCoefficient(beta, images), count)];
            Shape states = golden.ShapeOf($"input.{kind}_context");
            Tensor part = FinetuneLoss.Compute(unet, new DdpmScheduler(new SchedulerConfig()), new FinetuneBatch(
                Images(golden, $"input.{kind}_latents", step, first, count), Images(golden, $"input.{kind}_noise", step, first, count),
                Array.ConvertAll(timesteps, t => (int)t),
                Tensor.From(Floats(Rows(golden, $"input.{kind}_context", step, first, count)), [count, states[2], states[3]]),
                coefficients));
            tape.Backward(part);
            loss += part.Item();
        }
        return loss;
    }

    static double[] Rows(ParityCase golden, string name, int step, int first, int count)
    {
        Shape shape = golden.ShapeOf(name);
        int width = (int)(shape.Count / shape[0] / shape[1]);
        return golden.Values(name).AsSpan((step * shape[1] + first) * width, count * width).ToArray();
    }

    /// <summary>NCHW in the file, NHWC in our hands.</summary>
    static Tensor Images(ParityCase golden, string name, int step, int first, int count)
    {
        Shape shape = golden.ShapeOf(name);
        (int channels, int height, int width) = (shape[2], shape[3], shape[4]);
        double[] planes = Rows(golden, name, step, first, count);
        float[] pixels = new float[planes.Length];
        for (int i = 0; i < planes.Length; i++)
        {
            int x = i % width, y = i / width % height, c = i / (width * height) % channels, n = i / (width * height * channels);
            pixels[((n * height + y) * width + x) * channels + c] = (float)planes[i];
        }
        return Tensor.From(pixels, [count, height, width, channels]);
    }

    static float[] Floats(double[] values) => Array.ConvertAll(values, v => (float)v);
}
