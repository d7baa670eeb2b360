using AlignT2I.Engine;
using AlignT2I.Files;

namespace AlignT2I.Models.Aesthetic;

/// <summary>An <see cref="AestheticPredictor"/> with its weights.</summary>
public sealed class AestheticScorer : IDisposable
{
    const string ConfigName = "config.json", WeightsName = "model.safetensors";

    readonly ParameterStore store;

    AestheticScorer(ParameterStore store, AestheticPredictor model) => (this.store, Model) = (store, model);

    /// <summary>The network.</summary>
    public AestheticPredictor Model { get; }

    /// <summary>Reads <c>config.json</c> and <c>model.safetensors</c>, as <c>weights-converter convert</c> writes them.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="UsageException">A file is missing.</exception>
    /// <exception cref="FileFormatException">A file is damaged, or the two do not belong together.</exception>
    public static AestheticScorer Load(string folder)
    {
        AestheticPredictorConfig config = AestheticPredictorConfig.Read(Path.Combine(folder, ConfigName));
        using SafetensorsSet weights = SafetensorsSet.Open(folder, WeightsName);
        var store = new ParameterStore(new SafetensorsParameters(weights));
        try
        {
            var model = new AestheticPredictor(store.Root, config);
            store.Finish();
            return new AestheticScorer(store, model);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Scores of images, without recording on a tape.</summary>
    /// <param name="imageEmbeds">Their embeddings [N, embedDim], of any length.</param>
    /// <returns>About 1 to 10 each.</returns>
    public float[] Score(Tensor imageEmbeds)
    {
        using Tape pause = Tape.Pause();
        using MemoryScope scope = MemoryScope.Open();
        return Model.Call(imageEmbeds.To(store.Backend)).ToArray<float>();
    }

    /// <summary>Frees the weights.</summary>
    public void Dispose() => store.Dispose();
}
