using AlignT2I.Files;
using AlignT2I.Models.Lora;
using AlignT2I.WeightsConverter.Loading;
using AlignT2I.WeightsConverter.Names;
using AlignT2I.WeightsConverter.Streaming;
using AlignT2I.WeightsConverter.Writing;

namespace AlignT2I.WeightsConverter.Lora;

/// <summary>A low-rank adaptation of Stable Diffusion v1, from kohya's trainers or from diffusers.</summary>
/// <remarks>Its tensors as a model are those of diffusers, the scale alpha / rank multiplied into up: files of diffusers have no
/// alpha.</remarks>
public sealed class LoraWeights : WeightsModel
{
    readonly IReadOnlyDictionary<string, string> metadata;
    readonly LoraPaths paths = new();
    readonly List<LoraModule> modules = [];

    internal LoraWeights(TensorTable table, ModelKind kind) : base(table.Path, kind)
    {
        metadata = table.Metadata;
        Dictionary<(string Component, string Path), Dictionary<string, ModelTensor>> found = [];
        foreach (ModelTensor tensor in table.Tensors)
        {
            (string component, string path, string role) = Parse(tensor);
            if (!found.TryGetValue((component, path), out Dictionary<string, ModelTensor>? module))
                found.Add((component, path), module = []);
            if (!module.TryAdd(role, tensor))
                throw new FileFormatException(table.Path, $"'{Printable.Text(tensor.Name)}' and '{Printable.Text(module[role].Name)}' "
                    + "are the same tensor under two names; which is right?");
        }
        foreach (((string Component, string Path) name, Dictionary<string, ModelTensor> tensors) in found)
            AddModule(table.Path, name, tensors);
        foreach (string component in (string[])[LoraNames.UNet, LoraNames.Text])
        {
            LoraModule[] its = [.. modules.Where(m => m.Component == component)];
            if (its.Length > 0)
                Add(component, "", [.. its.SelectMany(Diffusers)]);
        }
        Own(table);
    }

    internal IReadOnlyList<LoraModule> Modules => modules;

    /// <summary>The names of the other library.</summary>
    internal override IEnumerable<ModelTensor> SingleFile() => Kind == ModelKind.KohyaLora
        ? Components.SelectMany(c => c.Tensors.Select(t => t.As($"{c.Name}.{t.Name}")))
        : modules.SelectMany(Kohya);

    /// <summary>What the trainer wrote about itself, such as kohya's <c>ss_network_dim</c>, goes along.</summary>
    internal override IReadOnlyDictionary<string, string> SingleFileMetadata =>
        TensorStream.PyTorchMetadata.Concat(metadata.Where(m => !TensorStream.PyTorchMetadata.ContainsKey(m.Key))).ToDictionary();

    static IEnumerable<ModelTensor> Diffusers(LoraModule module)
    {
        yield return module.Down.As(module.Path + LoraNames.Down);
        string up = module.Path + LoraNames.Up;
        yield return module.Scale == 1 ? module.Up.As(up) : new ScaledTensor(module.Up, up, module.Scale);
    }

    static IEnumerable<ModelTensor> Kohya(LoraModule module)
    {
        string name = LoraNames.Kohya(module.Component, module.Path);
        yield return module.Down.As(name + LoraNames.KohyaDown);
        yield return module.Up.As(name + LoraNames.KohyaUp);
        yield return new NumberTensor(name + LoraNames.KohyaAlpha, module.Down.DType, module.Alpha);
    }

    (string Component, string Path, string Role) Parse(ModelTensor tensor) =>
        (Kind == ModelKind.KohyaLora ? ParseKohya(tensor.Name) : DiffusersLoraNames.Parse(tensor.Name))
        ?? throw new FileFormatException(Path, $"'{Printable.Text(tensor.Name)}' is not a tensor of a LoRA for Stable Diffusion v1; is "
            + "it one for another model?");

    (string Component, string Path, string Role)? ParseKohya(string name)
    {
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        bool text = name.StartsWith(LoraNames.KohyaText, StringComparison.Ordinal);
        if (dot < 0 || (!text && !name.StartsWith(LoraNames.KohyaUNet, StringComparison.Ordinal)))
            return null;
        string? path = paths.Unflatten(name[(text ? LoraNames.KohyaText : LoraNames.KohyaUNet).Length..dot]);
        string? role = name[dot..] switch
        {
            LoraNames.KohyaDown => LoraNames.Down,
            LoraNames.KohyaUp => LoraNames.Up,
            LoraNames.KohyaAlpha => LoraNames.Alpha,
            _ => null,
        };
        return path is null || role is null ? null : (text ? LoraNames.Text : LoraNames.UNet, path, role);
    }

    void AddModule(string file, (string Component, string Path) module, Dictionary<string, ModelTensor> tensors)
    {
        if (!tensors.TryGetValue(LoraNames.Down, out ModelTensor? down)
            || !tensors.TryGetValue(LoraNames.Up, out ModelTensor? up))
        {
            throw new FileFormatException(
                file, $"module '{Printable.Text(module.Path)}' of the {module.Component} has only one of its two matrices; the file is "
                    + "damaged or cut.");
        }
        if (down.Shape.Count is not (2 or 4) || up.Shape.Count is not (2 or 4) || down.Shape[0] == 0 || down.Shape[0] != up.Shape[1]
            || Shapes.Count(up.Shape) != up.Shape[0] * up.Shape[1])
        {
            throw new FileFormatException(file, $"module '{Printable.Text(module.Path)}' of the {module.Component} has down of shape "
                + $"{Shapes.Text(down.Shape)} and up of "
                + $"shape {Shapes.Text(up.Shape)}; expected [rank, in] and [out, rank].");
        }
        if (!FloatingPoint.Is(down.DType) || !FloatingPoint.Is(up.DType))
            throw new FileFormatException(file, $"module '{Printable.Text(module.Path)}' of the {module.Component} is "
                + $"{down.DType.FileName()}; expected a floating-point type.");
        double alpha = tensors.TryGetValue(LoraNames.Alpha, out ModelTensor? number) ? Number(file, number) : down.Shape[0];
        modules.Add(new LoraModule(module.Component, module.Path, down, up, alpha));
    }

    static double Number(string file, ModelTensor tensor)
    {
        if (tensor.ElementCount != 1 || !FloatingPoint.Is(tensor.DType))
            throw new FileFormatException(file, $"'{Printable.Text(tensor.Name)}' is {tensor.DType.FileName()} of shape "
                + $"{Shapes.Text(tensor.Shape)}; expected one number.");
        byte[] bytes = new byte[tensor.ByteCount];
        tensor.Read(bytes);
        double[] value = new double[1];
        FloatingPoint.Widen(bytes, tensor.DType, value);
        return double.IsFinite(value[0]) ? value[0] : throw new FileFormatException(file, $"'{Printable.Text(tensor.Name)}' is "
            + $"{value[0]}; expected a finite number.");
    }
}
