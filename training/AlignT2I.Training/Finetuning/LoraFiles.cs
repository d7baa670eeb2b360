using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Lora;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Finetuning;

/// <summary>Writes a trained low-rank adaptation of the UNet for other programs.</summary>
internal static class LoraFiles
{
    public const string Diffusers = "pytorch_lora_weights.safetensors", Kohya = "kohya.safetensors";

    /// <summary>
    /// Writes the form of diffusers, whose up has the scale in it, and that of kohya, which has alpha beside the matrices.
    /// </summary>
    /// <param name="folder">The folder; made if it is not there.</param>
    /// <param name="adapters">The adaptation.</param>
    /// <param name="values">down and up of each module: the adaptation's own, or their averages.</param>
    /// <exception cref="StorageException">A file cannot be written.</exception>
    public static void Save(string folder, LowRankAdapters adapters, IReadOnlyList<Parameter> values)
    {
        RunFolder.Make(folder);
        using MemoryScope scope = MemoryScope.Open();
        Dictionary<string, Tensor> byName = values.ToDictionary(p => p.Name, p => p.Value);
        List<Parameter> diffusers = [], kohya = [];
        foreach (string path in adapters.Paths)
        {
            Tensor down = byName[path + LoraNames.Down], up = byName[path + LoraNames.Up];
            string name = LoraNames.Diffusers(LoraNames.UNet, path);
            diffusers.Add(Named(name + LoraNames.Down, down));
            diffusers.Add(Named(name + LoraNames.Up, F.Affine(up, adapters.Scale)));
            name = LoraNames.Kohya(LoraNames.UNet, path);
            kohya.Add(Named(name + LoraNames.KohyaDown, down));
            kohya.Add(Named(name + LoraNames.KohyaUp, up));
            kohya.Add(Named(name + LoraNames.KohyaAlpha, Tensor.From([(float)adapters.Alpha], [])));
        }
        string rank = FormattableString.Invariant($"{adapters.Rank}"), alpha = FormattableString.Invariant($"{adapters.Alpha}");
        ParameterFile.Save(Path.Combine(folder, Diffusers), diffusers, metadata: new Dictionary<string, string> { ["format"] = "pt" });
        ParameterFile.Save(Path.Combine(folder, Kohya), kohya, metadata: new Dictionary<string, string>
        {
            ["format"] = "pt",
            ["ss_network_module"] = "networks.lora",
            ["ss_network_dim"] = rank,
            ["ss_network_alpha"] = alpha,
        });
    }

    static Parameter Named(string name, Tensor value) => new(name, value, ParameterLayout.AsInFile);
}
