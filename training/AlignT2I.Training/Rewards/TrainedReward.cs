using System.Text.Json;
using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Reward;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Rewards;

/// <summary>A reward model with its weights: what train-reward writes and everything after it reads.</summary>
public sealed class TrainedReward : IDisposable
{
    const string ConfigName = "config.json", WeightsName = "model.safetensors", MetricsName = "metrics.json";

    readonly RewardModel model;
    readonly ParameterStore parameters;

    internal TrainedReward(RewardModel model, ParameterStore parameters) => (this.model, this.parameters) = (model, parameters);

    /// <summary>How it was trained; null where the folder has no metrics.json.</summary>
    public RewardTrainingMetrics? Metrics { get; internal set; }

    /// <summary>The model's sizes.</summary>
    public RewardModelConfig Config => model.Config;

    /// <summary>Reads config.json, model.safetensors and, where there is one, metrics.json.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="backend">Where it computes; null is the CPU.</param>
    /// <exception cref="UsageException">There is no such reward.</exception>
    /// <exception cref="FileFormatException">A file is damaged, or they do not belong together.</exception>
    public static TrainedReward Load(string folder, Backend? backend = null)
    {
        string configPath = Path.Combine(folder, ConfigName);
        if (!File.Exists(configPath))
            throw new UsageException($"{configPath}: there is no such file; learn a reward with train-reward first.");
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, WeightsName));
        var parameters = new ParameterStore(new SafetensorsParameters(file), backend);
        try
        {
            var model = new RewardModel(parameters.Root, RewardModelConfig.Read(configPath));
            parameters.Finish();
            return new TrainedReward(model, parameters)
            {
                Metrics = ReadMetrics(folder),
            };
        }
        catch
        {
            parameters.Dispose();
            throw;
        }
    }

    /// <summary>How a folder's reward was trained; null where there is none, or nothing is known of it.</summary>
    /// <exception cref="FileFormatException">metrics.json is damaged.</exception>
    public static RewardTrainingMetrics? ReadMetrics(string folder)
    {
        string path = Path.Combine(folder, MetricsName);
        return Exists(folder) && File.Exists(path)
            ? TrainingFile.Read(path, RewardJson.Default.RewardTrainingMetrics, "metrics of a reward")
            : null;
    }

    /// <summary>Whether a folder holds a reward.</summary>
    public static bool Exists(string folder) =>
        File.Exists(Path.Combine(folder, ConfigName)) && File.Exists(Path.Combine(folder, WeightsName));

    /// <summary>Writes config.json, model.safetensors and metrics.json.</summary>
    /// <exception cref="StorageException">The folder cannot be written.</exception>
    public void Save(string folder)
    {
        RunFolder.Make(folder);
        ParameterFile.Save(Path.Combine(folder, WeightsName), parameters.Parameters);
        if (Metrics is not null)
        {
            string json = JsonSerializer.Serialize(Metrics, RewardJson.Default.RewardTrainingMetrics) + "\n";
            AtomicFile.WriteAllText(Path.Combine(folder, MetricsName), json);
        }
        model.Config.Write(Path.Combine(folder, ConfigName));
    }

    /// <summary>The reward of one image for one prompt.</summary>
    /// <param name="imageEmbedding">CLIP embedding of the image, of length 1.</param>
    /// <param name="textEmbedding">CLIP embedding of the prompt, of length 1.</param>
    /// <returns>0 to 1.</returns>
    public float Score(ReadOnlySpan<float> imageEmbedding, ReadOnlySpan<float> textEmbedding)
    {
        using MemoryScope scope = MemoryScope.Open();
        using Tape pause = Tape.Pause();
        return Score(Tensor.From(imageEmbedding, [1, imageEmbedding.Length]), Tensor.From(textEmbedding, [1, textEmbedding.Length]))[0];
    }

    /// <summary>The rewards of images, each for its prompt.</summary>
    /// <param name="imageEmbeds">CLIP embeddings of images [N, imageEmbedDim], rows of length 1.</param>
    /// <param name="textEmbeds">CLIP embeddings of their prompts [N, textEmbedDim], rows of length 1.</param>
    /// <returns>N values from 0 to 1.</returns>
    /// <exception cref="ShapeException">The embeddings come from another CLIP.</exception>
    public float[] Score(Tensor imageEmbeds, Tensor textEmbeds)
    {
        using MemoryScope scope = MemoryScope.Open();
        using Tape pause = Tape.Pause();
        return model.Call(imageEmbeds.To(parameters.Backend), textEmbeds.To(parameters.Backend)).ToArray<float>();
    }

    /// <summary>Makes sure that embeddings are of the CLIP that it was trained on, as far as that is known: those of another may have the
    /// same length and mean nothing to it.</summary>
    /// <param name="hash">The CLIP's <see cref="Embeddings.ClipEmbedder.Hash"/>.</param>
    /// <exception cref="UsageException">They are of another.</exception>
    internal void RequireClip(string hash)
    {
        if (Metrics?.ClipHash is { } known && known != hash)
        {
            throw new UsageException(
                $"the reward was learned on embeddings of another CLIP ({known}; now {hash}); name that one with --clip, "
                + "or learn the reward again with train-reward.");
        }
    }

    /// <summary>Frees the weights.</summary>
    public void Dispose() => parameters.Dispose();
}
