using System.Runtime.InteropServices;
using AlignT2I.Files;

namespace AlignT2I.Engine;

/// <summary>Named tensors in a safetensors file, in the layout of files: a model's parameters, an optimizer's state, averages.</summary>
public static class ParameterFile
{
    /// <summary>Writes a file; it has its name only when it is whole and on the disk.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="parameters">What to write, with unique names.</param>
    /// <param name="dtype">Type in the file: F32, F16 or BF16 (rounded to nearest even), F64; the tensors' own when left out.</param>
    /// <param name="metadata">The header's <c>__metadata__</c>.</param>
    /// <param name="value">What is written of a parameter, in its layout; its own value when left out. Tensors made for it go before the
    /// next one.</param>
    /// <exception cref="StorageException">The file cannot be written.</exception>
    /// <exception cref="DTypeException"><paramref name="dtype"/> is not a floating-point type.</exception>
    public static void Save(
        string path, IEnumerable<Parameter> parameters, DType? dtype = null, IReadOnlyDictionary<string, string>? metadata = null,
        Func<Parameter, Tensor>? value = null)
    {
        Parameter[] all = [.. parameters];
        using SafetensorsWriter writer = SafetensorsWriter.Create(path, all.Select(p => Entry(p, dtype ?? p.Value.DType)), metadata);
        foreach (Parameter parameter in all)
        {
            using MemoryScope scope = MemoryScope.Open();
            Tensor own = value?.Invoke(parameter) ?? parameter.Value, exact = F.Cast(own, own.DType.Accumulator);
            Tensor inFileLayout = exact.DType == DType.F64
                ? Tensor.From(parameter.ToFileLayout<double>(exact), parameter.FileShape)
                : Tensor.From(parameter.ToFileLayout<float>(exact), parameter.FileShape);
            writer.Write(parameter.Name, F.Cast(inFileLayout, dtype ?? parameter.Value.DType).AsBytes());
        }

        writer.Commit();
    }

    /// <summary>Reads into tensors that exist; the file must have these names and no others, in these shapes and types.</summary>
    /// <param name="path">A file that <see cref="Save"/> wrote without converting.</param>
    /// <param name="parameters">Where the values go.</param>
    /// <returns>The header's <c>__metadata__</c>.</returns>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">It is not a valid safetensors file, or its tensors are others.</exception>
    public static IReadOnlyDictionary<string, string> Load(string path, IEnumerable<Parameter> parameters)
    {
        Parameter[] all = [.. parameters];
        using SafetensorsFile file = SafetensorsFile.Open(path);
        foreach (Parameter parameter in all)
        {
            SafetensorsTensor found = file[parameter.Name];
            SafetensorsEntry wanted = Entry(parameter, parameter.Value.DType);
            if (found.DType != wanted.DType || !found.Shape.SequenceEqual(wanted.Shape))
            {
                throw new FileFormatException(
                    path, $"'{found.Name}' is {found.DType} of shape [{string.Join(", ", found.Shape)}]; {wanted.DType} of shape "
                    + $"[{string.Join(", ", wanted.Shape)}] is needed. Is it of the same model?");
            }
        }

        if (file.Tensors.Count != all.Length)
        {
            string extra = file.Tensors.Select(t => t.Name).Except(all.Select(p => p.Name)).First();
            throw new FileFormatException(
                path, $"it has {file.Tensors.Count} tensors where {all.Length} are needed, '{extra}' too many. Is it of the same model?");
        }

        foreach (Parameter parameter in all)
        {
            if (parameter.Value.DType == DType.F64)
                parameter.FromFileLayout<double>(Elements<double>(file, parameter), parameter.Value);
            else
                parameter.FromFileLayout<float>(Elements<float>(file, parameter), parameter.Value);
        }

        return new Dictionary<string, string>(file.Metadata);
    }

    static SafetensorsEntry Entry(Parameter parameter, DType dtype) => new(
        parameter.Name,
        dtype switch
        {
            DType.F32 => SafetensorsDType.Float32,
            DType.F16 => SafetensorsDType.Float16,
            DType.BF16 => SafetensorsDType.BFloat16,
            DType.F64 => SafetensorsDType.Float64,
            _ => throw new DTypeException($"'{parameter.Name}' cannot be written as {dtype}; use F32, F16, BF16 or F64."),
        },
        [.. parameter.FileShape.Select(d => (long)d)]);

    static T[] Elements<T>(SafetensorsFile file, Parameter parameter) where T : unmanaged
    {
        T[] elements = new T[parameter.Value.Count];
        file.CopyTo(parameter.Name, 0, MemoryMarshal.AsBytes(elements.AsSpan()));
        return elements;
    }
}
