using System.Runtime.InteropServices;
using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Clip;
using AlignT2I.Models.StableDiffusion;
using AlignT2I.Training.Miniature;

namespace AlignT2I.Training.Pretraining;

/// <summary>Rendered scenes encoded once: scaled latents, and the text encoder's states of their captions.</summary>
internal sealed class LatentScenes
{
    /// <summary>The caption of dropped conditioning.</summary>
    public const int EmptyCaption = 0;

    const int BatchSize = 64, CaptionsPerScene = 2;

    readonly float[] latents;
    readonly int[] captions;        // [scenes, 2]: the true one and the web's
    readonly float[] textStates;

    LatentScenes(float[] latents, int[] captions, float[] textStates, int[] textShape, double scalingFactor)
    {
        this.latents = latents;
        this.captions = captions;
        this.textStates = textStates;
        TextShape = textShape;
        ScalingFactor = scalingFactor;
    }

    public static int[] LatentShape { get; } = [16, 16, 4];

    public static int LatentLength { get; } = 16 * 16 * 4;

    /// <summary>[tokens, width] of one caption's states.</summary>
    public int[] TextShape { get; }

    public int TextLength => TextShape[0] * TextShape[1];

    public int Count => latents.Length / LatentLength;

    /// <summary>What makes the latents' standard deviation one: the scaling_factor of the VAE's config.json.</summary>
    public double ScalingFactor { get; }

    public ReadOnlySpan<float> Latents(int scene) => latents.AsSpan(scene * LatentLength, LatentLength);

    public int Caption(int scene, SceneCaptions of) => captions[CaptionsPerScene * scene + (int)of];

    public ReadOnlySpan<float> TextStates(int caption) => textStates.AsSpan(caption * TextLength, TextLength);

    /// <summary>Renders and encodes scenes, or reads them from <paramref name="cachePath"/> where they are already; a
    /// <paramref name="scalingFactor"/> of null is the one that makes their standard deviation one.</summary>
    public static LatentScenes Make(
        string cachePath, AutoencoderKL vae, ClipTextModel text, ClipTokenizer tokenizer, PretrainOptions options,
        Backend backend, double? scalingFactor, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        if (File.Exists(cachePath))
            return Read(cachePath, options.Scenes);

        float[] latents = new float[options.Scenes * LatentLength];
        string[] texts = new string[CaptionsPerScene * options.Scenes];
        Philox random = new(options.Seed, stream: 4);
        using Tape pause = Tape.Pause();
        for (int first = 0; first < options.Scenes; first += BatchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            using MemoryScope scope = MemoryScope.Open();
            int n = Math.Min(BatchSize, options.Scenes - first);
            IReadOnlyList<(Scene, ScenePrompt Caption)> batch = RenderedImages.Draw(n, random);
            vae.Encode(RenderedImages.Render(batch).To(backend)).Mean.ToArray<float>().CopyTo(latents.AsSpan(first * LatentLength));
            for (int i = 0; i < n; i++)
            {
                texts[CaptionsPerScene * (first + i)] = batch[i].Caption.Text;
                texts[CaptionsPerScene * (first + i) + 1] = WebCaption.Of(batch[i].Caption, random.NextUInt64()).Text;
            }
            progress?.Report(new StageProgress("encode scenes", first + n, options.Scenes, "image"));
        }

        double sum = 0;
        foreach (float value in latents)
            sum += (double)value * value;
        scalingFactor ??= Math.Round(1 / Math.Sqrt(sum / latents.Length), 5);
        for (int i = 0; i < latents.Length; i++)
            latents[i] *= (float)scalingFactor.Value;

        List<string> distinct = ["", .. texts.Distinct()];
        Dictionary<string, int> index = distinct.Select((caption, i) => (caption, i)).ToDictionary(p => p.caption, p => p.i);
        int[] captions = [.. texts.Select(caption => index[caption])];
        float[] states = Encode(distinct, text, tokenizer, backend, out int[] textShape);
        LatentScenes scenes = new(latents, captions, states, textShape, scalingFactor.Value);
        scenes.Save(cachePath);
        return scenes;
    }

    static float[] Encode(List<string> captions, ClipTextModel text, ClipTokenizer tokenizer, Backend backend, out int[] textShape)
    {
        textShape = [tokenizer.ModelMaxLength, text.Config.HiddenSize];
        int length = textShape[0] * textShape[1];
        float[] states = new float[captions.Count * length];
        for (int first = 0; first < captions.Count; first += BatchSize)
        {
            using MemoryScope scope = MemoryScope.Open();
            int n = Math.Min(BatchSize, captions.Count - first);
            int[] ids = [.. captions.Skip(first).Take(n).SelectMany(tokenizer.Encode)];
            text.Call(Tensor.From(ids, [n, tokenizer.ModelMaxLength], backend)).ToArray<float>().CopyTo(states.AsSpan(first * length));
        }

        return states;
    }

    void Save(string path)
    {
        int distinct = textStates.Length / TextLength;
        using SafetensorsWriter writer = SafetensorsWriter.Create(
            path,
            [
                new SafetensorsEntry("latents", SafetensorsDType.Float32, [Count, .. LatentShape]),
                new SafetensorsEntry("captions", SafetensorsDType.Int32, [Count, CaptionsPerScene]),
                new SafetensorsEntry("text_states", SafetensorsDType.Float32, [distinct, .. TextShape]),
                new SafetensorsEntry("scaling_factor", SafetensorsDType.Float64, []),
            ]);
        writer.Write("latents", MemoryMarshal.AsBytes<float>(latents));
        writer.Write("captions", MemoryMarshal.AsBytes<int>(captions));
        writer.Write("text_states", MemoryMarshal.AsBytes<float>(textStates));
        writer.Write("scaling_factor", MemoryMarshal.AsBytes<double>([ScalingFactor]));
        writer.Commit();
    }

    static LatentScenes Read(string path, int scenes)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        SafetensorsTensor states = file["text_states"];
        bool fits = Is(file["latents"], SafetensorsDType.Float32, [scenes, .. LatentShape])
            && Is(file["captions"], SafetensorsDType.Int32, [scenes, CaptionsPerScene])
            && states.Shape.Count == 3 && Is(states, SafetensorsDType.Float32, states.Shape)
            && Is(file["scaling_factor"], SafetensorsDType.Float64, []);
        LatentScenes? read = !fits ? null : new LatentScenes(
            MemoryMarshal.Cast<byte, float>(file.GetBytes("latents")).ToArray(),
            MemoryMarshal.Cast<byte, int>(file.GetBytes("captions")).ToArray(),
            MemoryMarshal.Cast<byte, float>(file.GetBytes("text_states")).ToArray(),
            [.. states.Shape.Skip(1).Select(d => (int)d)],
            MemoryMarshal.Read<double>(file.GetBytes("scaling_factor")));
        return read is not null && read.captions.All(c => c >= 0 && c < states.Shape[0])
            && read.latents.All(float.IsFinite) && read.textStates.All(float.IsFinite)
            && read.ScalingFactor is > 0 and < double.PositiveInfinity
                ? read : throw new FileFormatException(path,
                    $"it is damaged: it does not hold {scenes} scenes with their captions and text states. Delete it: it is made again.");
    }

    static bool Is(SafetensorsTensor tensor, SafetensorsDType dtype, IReadOnlyList<long> shape) =>
        tensor.DType == dtype && tensor.Shape.SequenceEqual(shape);
}
