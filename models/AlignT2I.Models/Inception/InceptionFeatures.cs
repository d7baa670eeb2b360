using AlignT2I.Engine;
using AlignT2I.Files;

namespace AlignT2I.Models.Inception;

/// <summary>An <see cref="InceptionV3"/> with its weights: pictures to the features of the Fréchet Inception distance.</summary>
public sealed class InceptionFeatures : IDisposable
{
    const int Channels = 3;

    readonly ParameterStore store;
    readonly InceptionV3 model;

    InceptionFeatures(ParameterStore store, InceptionV3 model) => (this.store, this.model) = (store, model);

    /// <summary>Reads the checkpoint that the distance is defined with, made safetensors by <c>weights-converter</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="backend">Where it computes; null is the CPU.</param>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">The file is damaged, or not of this network.</exception>
    public static InceptionFeatures Load(string path, Backend? backend = null)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        string[] unused = [.. file.Tensors.Select(t => t.Name).Where(InceptionV3.IsUnused)];
        var weights = new SafetensorsParameters(new SafetensorsSet(file), ignored: unused);
        var store = new ParameterStore(backend ?? Backend.Cpu, DType.F32, weights);
        try
        {
            var model = new InceptionV3(store.Root);
            store.Finish();
            return new InceptionFeatures(store, model);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Features of pictures, which may be of different sizes.</summary>
    /// <param name="images">N pictures: grey, RGB, or with alpha, which is dropped.</param>
    /// <returns>[N, 2048] F32, on the CPU.</returns>
    public Tensor Of(IReadOnlyList<Image> images)
    {
        Tensor features = Tensor.Empty([images.Count, InceptionV3.Features], DType.F32, Backend.Cpu);
        using Tape pause = Tape.Pause();
        for (int n = 0; n < images.Count; n++)
        {
            using MemoryScope scope = MemoryScope.Open();
            Tensor last = model.Call(Pixels(images[n]).To(store.Backend))[^1];
            last.ToArray<float>().CopyTo(features.AsSpan<float>()[(n * InceptionV3.Features)..]);
        }
        return features;
    }

    /// <summary>Frees the weights.</summary>
    public void Dispose() => store.Dispose();

    /// <summary>[1, H, W, 3], values in 0..1.</summary>
    static Tensor Pixels(Image image)
    {
        Tensor pixels = Tensor.Empty([1, image.Height, image.Width, Channels], DType.F32, Backend.Cpu);
        Span<float> values = pixels.AsSpan<float>();
        for (int i = 0; i < values.Length; i++)
            values[i] = image.Pixels[i / Channels * image.Channels + (image.Channels == 1 ? 0 : i % Channels)] / 255f;
        return pixels;
    }
}
