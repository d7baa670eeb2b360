using System.Globalization;
using System.Runtime.InteropServices;
using AlignT2I.Engine;
using AlignT2I.Files;

namespace AlignT2I.Training.Checkpoints;

/// <summary>All that a training needs to go on: named tensors, bit for bit as they are in memory, and strings, in one safetensors file.</summary>
/// <remarks>Written to a temporary name, flushed and renamed: a kill leaves the last checkpoint whole.</remarks>
public static class TrainingCheckpoint
{
    /// <summary>Writes a checkpoint.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">Names and values, F32 or F64.</param>
    /// <param name="metadata">Everything that is not a tensor: step, generator states, options.</param>
    /// <exception cref="StorageException">The disk is full, or the folder cannot be written.</exception>
    public static void Save(string path, IReadOnlyList<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using SafetensorsWriter writer = SafetensorsWriter.Create(
            path, tensors.Select(t => new SafetensorsEntry(t.Name, FileDType(t.Value.DType), [.. t.Value.Shape.Select(d => (long)d)])), metadata);
        foreach ((string name, Tensor value) in tensors)
            writer.Write(name, Bytes(value));
        writer.Commit();
    }

    /// <summary>Reads a checkpoint into tensors that are there already.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">Names and where the values go: exactly those of the file.</param>
    /// <returns>The strings that were saved.</returns>
    /// <exception cref="FileFormatException">The file is damaged, or was written for other tensors.</exception>
    public static IReadOnlyDictionary<string, string> Load(string path, IReadOnlyList<(string Name, Tensor Value)> tensors)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        if (file.Tensors.Count != tensors.Count)
            throw new FileFormatException(path, $"it has {file.Tensors.Count} tensors; this training has {tensors.Count}. It belongs to another training.");
        foreach ((string name, Tensor value) in tensors)
        {
            SafetensorsTensor tensor = file[name];
            if (tensor.DType != FileDType(value.DType) || !tensor.Shape.SequenceEqual(value.Shape.Select(d => (long)d)))
            {
                throw new FileFormatException(
                    path, $"'{name}' is {tensor.DType} [{string.Join(", ", tensor.Shape)}]; this training has {value.DType} {value.Shape}.");
            }

            file.CopyTo(name, 0, Bytes(value));
        }

        return new Dictionary<string, string>(file.Metadata);
    }

    /// <summary>A number among the strings of a checkpoint.</summary>
    /// <exception cref="FileFormatException">It is missing or not a number.</exception>
    public static ulong Number(string path, IReadOnlyDictionary<string, string> metadata, string key) =>
        metadata.TryGetValue(key, out string? text) && ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
            ? number
            : throw new FileFormatException(path, $"its metadata has no number '{key}'; it is not a checkpoint of this program.");

    static SafetensorsDType FileDType(DType dtype) => dtype switch
    {
        DType.F32 => SafetensorsDType.Float32,
        DType.F64 => SafetensorsDType.Float64,
        _ => throw new DTypeException($"a checkpoint holds F32 and F64, not {dtype}."),
    };

    static Span<byte> Bytes(Tensor tensor) =>
        tensor.DType == DType.F32 ? MemoryMarshal.AsBytes(tensor.AsSpan<float>()) : MemoryMarshal.AsBytes(tensor.AsSpan<double>());
}
