using AlignT2I.Files;
using AlignT2I.Training.Demo;
using AlignT2I.Training.Embeddings;
using AlignT2I.Training.Evaluation;
using AlignT2I.Training.Finetuning;
using AlignT2I.Training.Generation;
using AlignT2I.Training.PretrainingData;
using AlignT2I.Training.Rating;
using AlignT2I.Training.Rewards;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Tests.Demo;

public class MiniatureExperimentTests
{
    // A random model draws nothing good: a rater who errs in four of ten gives labels of both kinds.
    static readonly ExperimentOptions options = new()
    {
        Ablations = true,
        TrainingPrompts = 8,
        LabelledImagesPerPrompt = 3,
        UnlabelledImagesPerPrompt = 1,
        PretrainingImages = 6,
        EvaluationPromptsPerSet = 4,
        EvaluationImagesPerPrompt = 2,
        RejectionSamples = 3,
        ReferenceImagesPerPrompt = 2,
        SamplePrompts = 3,
        Generation = ImageGenerationOptions.Miniature with { Steps = 1, GuidanceScale = 1 },
        Rating = new SimulatedRatingOptions { ErrorRate = 0.4 },
        Reward = RewardTrainingOptions.Miniature with { HiddenSizes = [8], MaxEpochs = 2 },
        Finetune = FinetuneOptions.Miniature with
        {
            Steps = 3,
            BatchSize = 2,
            PretrainingBatchSize = 2,
            CheckpointSteps = 2,
            LogSteps = 1,
        },
    };

    [Test]
    public void All_stages_run_and_a_second_call_finds_them_done()
    {
        using var folder = new TestFolder();
        string model = TinyModel.Write(folder["model"]);
        using RunFolder run = RunFolder.Open(folder["run"]);
        ExperimentResult result = new MiniatureExperiment(run, model, options).Run();
        ModelEvaluations models = result.Evaluation.Models;
        foreach (ModelEvaluation? evaluation in (ModelEvaluation?[])
            [models.Original, models.Full, models.RejectionSampling, models.HumanOnly, models.WithUnlabeled])
        {
            Assert.That(evaluation!.Images, Is.EqualTo(16));
            Assert.That(evaluation.AverageReward, Is.InRange(0, 1));
            Assert.That(evaluation.FrechetDistance, Is.Positive);
        }
        Assert.That(models.RejectionSampling!.AverageReward, Is.GreaterThanOrEqualTo(models.Original.AverageReward!.Value));
        Assert.That(result.Evaluation.Feedback!.Total.Images, Is.EqualTo(24));
        Assert.That(result.Samples, Has.Count.EqualTo(3));
        Assert.That(EvaluationResult.Read(Path.Combine(run.ReportFolder, "report.json")).ToJson(), Is.EqualTo(result.Evaluation.ToJson()));

        List<string> stages = [];
        ExperimentResult again = new MiniatureExperiment(run, model, options).Run(new Told(p => stages.Add(p.Stage)));
        Assert.That(stages, Has.None.Contains("train reward").And.None.Contains("fine-tune").And.None.Contains("generate"));
        Assert.That(again.Evaluation.Models, Is.EqualTo(models));
    }

    [Test]
    public void The_same_seed_gives_the_same_numbers()
    {
        using var folder = new TestFolder();
        string model = TinyModel.Write(folder["model"]);
        ExperimentOptions brief = options with { Ablations = false };
        Assert.That(Models("one"), Is.EqualTo(Models("other")));

        ModelEvaluations Models(string name)
        {
            using RunFolder run = RunFolder.Open(folder[name]);
            return new MiniatureExperiment(run, model, brief).Run().Evaluation.Models;
        }
    }

    [Test]
    public void A_reward_refuses_embeddings_of_another_CLIP()
    {
        using var folder = new TestFolder();
        string model = TinyModel.Write(folder["model"]);
        using RunFolder run = RunFolder.Open(folder["run"]);
        new MiniatureExperiment(run, model, options with { Ablations = false }).Run();
        using ClipEmbedder own = ClipEmbedder.Load(model), other = ClipEmbedder.Load(TinyModel.Write(folder["other"], seed: 9));
        using TrainedReward reward = TrainedReward.Load(run.RewardFolder);
        using EmbeddingCache ofOwn = new(run, own), ofOther = new(run, other);
        Assert.That(new RewardScorer(reward, own, ofOwn).Score(run, [run.ReadImages()[0]]), Has.Length.EqualTo(1));
        Assert.That(() => new RewardScorer(reward, other, ofOther).Score(run, [run.ReadImages()[0]]),
            Throws.TypeOf<UsageException>().With.Message.Contains("another CLIP"));
        Assert.That(() => FinetuneStage.Run(run, model, options.Finetune, other, new RenderedScenes(6, 0), resume: false),
            Throws.TypeOf<UsageException>().With.Message.Contains("another CLIP"));
    }

    [Test]
    public void A_folder_of_another_experiment_is_refused()
    {
        using var folder = new TestFolder();
        string model = TinyModel.Write(folder["model"]);
        using RunFolder run = RunFolder.Open(folder["run"]);
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        var experiment = new MiniatureExperiment(run, model, options);
        Assert.Throws<OperationCanceledException>(() => experiment.Run(cancellationToken: stopped.Token));
        Assert.That(() => new MiniatureExperiment(run, model, options with { Seed = 1 }).Run(),
            Throws.TypeOf<UsageException>().With.Message.Contains("other options"));
        Assert.That(() => new MiniatureExperiment(run, folder["nowhere"], options).Run(), Throws.TypeOf<UsageException>());
    }
}
