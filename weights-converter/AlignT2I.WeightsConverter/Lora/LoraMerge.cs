using AlignT2I.Files;
using AlignT2I.WeightsConverter.Loading;
using AlignT2I.WeightsConverter.Streaming;

namespace AlignT2I.WeightsConverter.Lora;

/// <summary>Makes low-rank adaptations part of a model.</summary>
public static class LoraMerge
{
    /// <summary>Adds an adaptation to the model's weights; it is computed when they are written.</summary>
    /// <param name="model">Stable Diffusion v1.</param>
    /// <param name="lora">The adaptation; open until the model is written.</param>
    /// <param name="multiplier">Its strength: 1 as it was trained, 0 none, negative the opposite.</param>
    /// <returns>Number of weights that change.</returns>
    /// <exception cref="UsageException">The model is none that a LoRA changes.</exception>
    /// <exception cref="FileFormatException">The adaptation is of a model of other modules or sizes.</exception>
    public static int Apply(WeightsModel model, LoraWeights lora, double multiplier)
    {
        if (model is not StableDiffusionWeights)
            throw new UsageException($"{model.Path}: it is '{model.Kind.Text()}'; a LoRA changes Stable Diffusion v1.");
        Dictionary<(string, string), LoraModule> modules = lora.Modules.ToDictionary(m => (m.Component, m.Path + ".weight"));
        int merged = 0;
        model.Replace((component, tensor) =>
        {
            if (!modules.Remove((component, tensor.Name), out LoraModule? module))
                return tensor;
            Check(lora.Path, tensor, module);
            merged++;
            return new MergedTensor(tensor, module, multiplier * module.Scale);
        });
        if (modules.Count > 0)
        {
            LoraModule first = modules.Values.First();
            throw new FileFormatException(lora.Path, $"it changes '{Printable.Text(first.Path)}' of the {first.Component}, which "
                + $"{model.Path} does not have"
                + (modules.Count > 1 ? $", and {modules.Count - 1} more modules; is it of another model?" : "; is it of another model?"));
        }
        return merged;
    }

    static void Check(string path, ModelTensor weight, LoraModule module)
    {
        long rows = module.Up.Shape[0], columns = module.Down.ElementCount / module.Rank;
        bool fits = weight.Shape.Count >= 2 && weight.Shape[0] == rows && weight.ElementCount == rows * columns
            && (module.Down.Shape.Count == 2 || weight.Shape.Count == 2 || module.Down.Shape.Skip(1).SequenceEqual(weight.Shape.Skip(1)));
        if (!fits || !FloatingPoint.Is(weight.DType))
        {
            throw new FileFormatException(path, $"'{Printable.Text(module.Path)}' of the {module.Component} has down of shape "
                + $"{Shapes.Text(module.Down.Shape)} and up of shape "
                + $"{Shapes.Text(module.Up.Shape)}, but the model's weight is {Shapes.Text(weight.Shape)}; is it a LoRA for another "
                    + "model?");
        }
    }
}
