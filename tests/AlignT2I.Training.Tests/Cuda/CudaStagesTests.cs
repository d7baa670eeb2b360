using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Pipelines;
using AlignT2I.Testing;
using AlignT2I.Training.Embeddings;
using AlignT2I.Training.Rewards;
using AlignT2I.Training.Tests.Rewards;

namespace AlignT2I.Training.Tests.Cuda;

/// <summary>What the stages compute on the emulated device is what they compute on the CPU.</summary>
internal sealed class CudaStagesTests
{
    EmulatedCuda? emulated;
    TestFolder folder = null!;

    [OneTimeSetUp]
    public void Open()
    {
        emulated = EmulatedCuda.Open(cacheMemory: true);
        folder = new TestFolder();
        TinyModel.Write(folder["model"]);
    }

    [OneTimeTearDown]
    public void Close()
    {
        emulated?.Dispose();
        folder?.Dispose();
    }

    [Test]
    public void A_sampling_draws_the_same_image()
    {
        Image expected = Draw(Backend.Cpu), found = Draw(emulated!.Backend);
        Assert.That(Differences(found, expected).Max(), Is.LessThanOrEqualTo(1), "levels of 255");
    }

    [Test]
    public void Clip_embeds_the_same()
    {
        using MemoryScope scope = MemoryScope.Open();
        using ClipEmbedder cpu = ClipEmbedder.Load(folder["model"]), cuda = ClipEmbedder.Load(folder["model"], emulated!.Backend);
        Image image = Draw(Backend.Cpu);
        TensorAssert.Close(cuda.EmbedTexts(["two red stars"]).To(Backend.Cpu), cpu.EmbedTexts(["two red stars"]), 1e-5, "text");
        TensorAssert.Close(cuda.EmbedImages([image]).To(Backend.Cpu), cpu.EmbedImages([image]), 1e-5, "image");
    }

    [Test]
    public void The_reward_learns_the_same()
    {
        RewardTrainingOptions options = RewardTrainingOptions.Miniature with
        {
            HiddenSizes = [8],
            MaxEpochs = 3,
            BatchSize = 16,
            ValidationFraction = 0.3,
            LearningRate = 1e-2,
        };
        using TrainedReward cpu = new RewardTrainer(RewardTrainerTests.Data(), options).Train();
        using TrainedReward cuda = new RewardTrainer(RewardTrainerTests.Data(), options, emulated!.Backend).Train();
        for (int i = 0; i < 3; i++)
            Assert.That(cuda.Metrics!.Epochs[i].Loss, Is.EqualTo(cpu.Metrics!.Epochs[i].Loss).Within(1e-5), $"loss of pass {i + 1}");
    }

    Image Draw(Backend backend)
    {
        using StableDiffusionModel model = StableDiffusionModel.Load(folder["model"], backend: backend);
        var how = new GenerationOptions { NumInferenceSteps = 4, GuidanceScale = 3 };
        return new StableDiffusionPipeline(model).Generate(["two red stars"], [7], how)[0];
    }

    static IEnumerable<int> Differences(Image a, Image b) => a.Pixels.ToArray().Zip(b.Pixels.ToArray(), (x, y) => Math.Abs(x - y));
}
