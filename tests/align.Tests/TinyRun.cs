using AlignT2I.Training.Tests;

namespace AlignT2I.Align.Tests;

/// <summary>A folder with a tiny random model, and a run made with it by the commands, as far as a test needs it.</summary>
internal sealed class TinyRun : IDisposable
{
    readonly TestFolder folder = new();

    public TinyRun() => Model = TinyModel.Write(folder["model"]);

    public string Model { get; }

    public string Path => folder["run"];

    /// <summary>A path beside model and run.</summary>
    public string this[string name] => folder[name];

    /// <summary>A path in the run folder.</summary>
    public string In(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>Makes it count as a model of everyday captions.</summary>
    public TinyRun WithEverydayVocabulary()
    {
        TinyModel.WriteEverydayVocabulary(System.IO.Path.Combine(Model, "tokenizer"));
        return this;
    }

    public TinyRun WithPrompts()
    {
        CommandRun.Align("prompts", "--run", Path, "--count", "8", "--evaluation", "4").Succeeded();
        return this;
    }

    public TinyRun WithImages()
    {
        WithPrompts();
        CommandRun.Align(
            "generate", "--run", Path, "--model", Model, "--images-per-prompt", "4", "--steps", "1", "--guidance-scale", "1").Succeeded();
        return this;
    }

    /// <summary>A random model draws nothing good: a rater who errs in four of ten gives labels of both kinds.</summary>
    public TinyRun WithReward()
    {
        WithImages();
        CommandRun.Align("rate", "--simulated", "--run", Path, "--images-per-prompt", "3", "--error-rate", "0.4").Succeeded();
        CommandRun.TrainReward("--run", Path, "--model", Model, "--epochs", "2").Succeeded();
        return this;
    }

    /// <summary>Arguments of a short fine-tuning.</summary>
    public string[] FinetuneArguments(int steps, params string[] more) =>
    [
        "--run", Path, "--model", Model, "--steps", $"{steps}", "--batch-size", "2", "--pretraining-batch-size", "2",
        "--pretraining-images", "6", .. more,
    ];

    public void Dispose() => folder.Dispose();
}
