using AlignT2I.Engine;
using AlignT2I.Models.Clip;
using AlignT2I.Models.StableDiffusion;
using AlignT2I.Testing;
using AlignT2I.Training.Communicators;
using AlignT2I.Training.Finetuning;
using AlignT2I.Training.Miniature;
using AlignT2I.Training.Pretraining;
using AlignT2I.Training.Rewards;
using AlignT2I.Training.Tests.Communicators;
using AlignT2I.Training.Tests.Finetuning;
using AlignT2I.Training.Tests.Rewards;

namespace AlignT2I.Training.Tests.Cuda;

/// <summary>Training steps that are recorded and replayed give the bits of steps that are done one operation at a time.</summary>
internal sealed class CudaRecordedTrainingTests
{
    const int Steps = 3;

    static readonly PretrainOptions pretraining = new()
    {
        Seed = 5,
        VaeSteps = Steps,
        VaeBatchSize = 1,
        ClipSteps = Steps,
        ClipBatchSize = 2,
        ClipGroupSize = 2,
        Scenes = 4,
        DiffusionSteps = Steps,
        WebSteps = Steps,
        DiffusionBatchSize = 1,
    };

    static readonly AutoencoderKLConfig vae = MiniatureArchitecture.Vae with { BlockOutChannels = [4, 4, 4], NormNumGroups = 2 };

    static readonly UNet2DConditionConfig unet =
        MiniatureArchitecture.UNet with { BlockOutChannels = [4, 8], NormNumGroups = 2, AttentionHeadDim = [2], CrossAttentionDim = 8 };

    /// <summary>Reward batches differ in shape: those that come again are recorded.</summary>
    [Test]
    public void The_reward()
    {
        RewardTrainingOptions options = RewardTrainingOptions.Miniature with
        {
            HiddenSizes = [8],
            MaxEpochs = 6,
            BatchSize = 8,
            ValidationFraction = 0.3,
            LearningRate = 1e-2,
        };
        (float[] eager, float[] recorded, int launches) = Twice(backend =>
        {
            using TrainedReward reward = new RewardTrainer(RewardTrainerTests.Data(), options, backend).Train();
            return [.. reward.Metrics!.Epochs.SelectMany(e => (float[])[(float)e.Loss, (float)e.PromptClassification])];
        });
        Assert.That(recorded, Is.EqualTo(eager));
        Assert.That(launches, Is.GreaterThan(10));
    }

    [Test]
    public void The_autoencoder() => Pretrains(backend =>
    {
        ParameterStore store = new(new RandomParameters(1), backend);
        return (store, new VaePhase(new AutoencoderKL(store.Root, vae), store, pretraining));
    });

    [Test]
    public void The_embedding_network() => Pretrains(backend =>
    {
        ParameterStore store = new(new RandomParameters(1), backend);
        (ClipTokenizer tokenizer, ClipModel clip) = Clip(store);
        return (store, new ClipPhase(clip, tokenizer, store, pretraining));
    });

    [Test]
    public void The_denoising_network()
    {
        using var folder = new TestFolder();
        using ParameterStore vaeStore = new(new RandomParameters(2)), clipStore = new(new RandomParameters(3));
        (ClipTokenizer tokenizer, ClipModel clip) = Clip(clipStore);
        LatentScenes scenes = LatentScenes.Make(
            folder["latents"], new AutoencoderKL(vaeStore.Root, vae), clip.TextModel, tokenizer, pretraining, Backend.Cpu,
            scalingFactor: null, progress: null, cancellation: default);
        Pretrains(backend =>
        {
            ParameterStore store = new(new RandomParameters(1), backend);
            return (store, new DiffusionPhase(new UNet2DCondition(store.Root, unet), store, scenes, SceneCaptions.Web, pretraining));
        });
    }

    /// <summary>Two ranks, each with a device: buckets of gradients go between the parts of a recorded backward pass.</summary>
    [TestCase(1 << 20, 2), TestCase(4096, 52)]
    public void Fine_tuning_on_two_ranks(int bucketBytes, int parts)
    {
        float[] alone = Finetune(null, recordWork: false, out _);
        int[] launches = new int[2];
        var ranks = new ThreadRanks(2, bucketBytes);
        foreach (float[] state in ranks.Run(rank => Finetune(rank, recordWork: true, out launches[rank.Rank])))
            Assert.That(state, Is.EqualTo(alone));
        Assert.That(launches, Has.All.EqualTo((parts + 1) * (Steps - 1)), "backward in its parts, and the update");
    }

    static (ClipTokenizer Tokenizer, ClipModel Clip) Clip(ParameterStore store)
    {
        ClipTokenizer tokenizer = BpeTrainer.Train(SceneGrammar.Words, MiniatureArchitecture.MaxTokens);
        ClipConfig config = MiniatureArchitecture.Clip(tokenizer.VocabularySize, tokenizer.BosTokenId, tokenizer.EosTokenId);
        return (tokenizer, new ClipModel(store.Root, config with
        {
            TextConfig = config.TextConfig with { HiddenSize = 8, IntermediateSize = 12, NumHiddenLayers = 1, NumAttentionHeads = 2 },
            VisionConfig = config.VisionConfig with
            {
                HiddenSize = 8,
                IntermediateSize = 12,
                NumHiddenLayers = 1,
                NumAttentionHeads = 2,
                PatchSize = 32,
            },
        }));
    }

    static void Pretrains(Func<Backend, (ParameterStore, PretrainingPhase)> make)
    {
        (float[] eager, float[] recorded, int launches) = Twice(backend => Run(backend, make));
        Assert.That(recorded, Is.EqualTo(eager));
        Assert.That(launches, Is.EqualTo(Steps - 1));
        float[] cpu = Run(Backend.Cpu, make);
        for (int step = 0; step < Steps; step++)
            Assert.That(recorded[step], Is.EqualTo(cpu[step]).Within(2e-4 * cpu[step]), $"loss of step {step + 1}");
    }

    /// <summary>Losses, then weights.</summary>
    static float[] Run(Backend backend, Func<Backend, (ParameterStore, PretrainingPhase)> make)
    {
        using var folder = new TestFolder();
        (ParameterStore store, PretrainingPhase phase) = make(backend);
        using (store)
        using (phase)
        {
            List<float> losses = [];
            phase.Run(folder["checkpoint"], Steps, new Told(p => losses.Add((float)p.Values[0].Value)), default);
            return [.. losses, .. store.Parameters.SelectMany(p => p.Value.ToArray<float>())];
        }
    }

    static float[] Finetune(Communicator? ranks, bool recordWork, out int launches)
    {
        using var folder = new TestFolder();
        using EmulatedCuda cuda = EmulatedCuda.Open(cacheMemory: true, recordWork: recordWork);
        using var tiny = new TinyFinetuning(DType.F32, cuda.Backend);
        FinetuneOptions options = TinyFinetuning.Options with
        {
            Steps = Steps,
            BatchSize = 2,
            PretrainingBatchSize = 2,
            MicroBatchSize = 2,
            CheckpointSteps = Steps,
        };
        using FinetuneTrainer trainer = tiny.Trainer(options, communicator: ranks);
        trainer.Run(folder["checkpoints"]);
        launches = cuda.GraphLaunches;
        return tiny.State(trainer);
    }

    static (float[] Eager, float[] Recorded, int Launches) Twice(Func<Backend, float[]> train)
    {
        using EmulatedCuda eager = EmulatedCuda.Open(cacheMemory: true, recordWork: false);
        using EmulatedCuda recorded = EmulatedCuda.Open(cacheMemory: true);
        (float[] expected, float[] found) = (train(eager.Backend), train(recorded.Backend));
        Assert.That(eager.GraphLaunches, Is.Zero);
        return (expected, found, recorded.GraphLaunches);
    }
}
