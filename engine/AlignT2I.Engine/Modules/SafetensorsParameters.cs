using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using AlignT2I.Files;

namespace AlignT2I.Engine;

/// <summary>
/// Parameters from safetensors files in float32, float16, bfloat16 or float64; they must have those of the model and no others.
/// </summary>
/// <remarks>Each is converted straight from the mapped file, which leaves memory again: a model is never held twice.</remarks>
/// <param name="weights">The open files; the store reads from them while the model is built.</param>
/// <param name="prefix">What the files' names have before the model's, as in <c>text_model.</c>; tensors without it are not the
/// model's.</param>
/// <param name="ignored">Names after the prefix that the files may have though no model asks for them, as the constant tables of older
/// programs.</param>
public sealed class SafetensorsParameters(SafetensorsSet weights, string prefix = "", params string[] ignored) : ParameterSource
{
    /// <summary>Parameters from one file.</summary>
    /// <param name="file">The open file; the store reads from it while the model is built.</param>
    public SafetensorsParameters(SafetensorsFile file) : this(new SafetensorsSet(file))
    {
    }

    /// <summary>What an older program called a parameter, looked for where the name itself is missing; the same name for most.</summary>
    public Func<string, string> DeprecatedName { get; init; } = name => name;

    /// <inheritdoc/>
    public override void Read(string name, Shape fileShape, Init init, Span<float> values)
    {
        string fullName = NameInFile(name);
        if (!weights.TryGet(fullName, out SafetensorsTensor? tensor))
        {
            throw new FileFormatException(
                weights.Path, $"there is no tensor '{prefix + name}', of shape {fileShape}, that the model needs; do config.json and "
                    + "weights belong together?");
        }

        if (!tensor.Shape.SequenceEqual(fileShape.Select(d => (long)d)))
        {
            throw new FileFormatException(
                weights.Path, $"'{fullName}' has shape [{string.Join(", ", tensor.Shape)}]; the model needs {fileShape}. Does "
                    + "config.json belong to it?");
        }

        Convert(tensor, weights.GetBytes(fullName), values);
        weights.Release(fullName);
    }

    /// <inheritdoc/>
    public override void Finish(IReadOnlyCollection<string> names)
    {
        HashSet<string> asked = [.. names.Select(NameInFile).Concat(ignored.Select(name => prefix + name))];
        string[] extra =
            [.. weights.Tensors.Select(t => t.Name)
                .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && !asked.Contains(name))];
        if (extra.Length > 0)
        {
            throw new FileFormatException(
                weights.Path, $"it has {extra.Length} tensors that the model does not, '{extra[0]}' among them; do config.json and "
                    + "weights belong together?");
        }
    }

    string NameInFile(string name) => weights.TryGet(prefix + name, out _) ? prefix + name : prefix + DeprecatedName(name);

    void Convert(SafetensorsTensor tensor, ReadOnlySpan<byte> bytes, Span<float> values)
    {
        switch (tensor.DType)
        {
            case SafetensorsDType.Float32:
                bytes.CopyTo(MemoryMarshal.AsBytes(values));
                break;
            case SafetensorsDType.Float16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(bytes), values);
                break;
            case SafetensorsDType.BFloat16:
                BFloat16.ToSingle(MemoryMarshal.Cast<byte, ushort>(bytes), values);
                break;
            case SafetensorsDType.Float64:
                TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, double>(bytes), values);
                break;
            default:
                throw new FileFormatException(weights.Path, $"'{tensor.Name}' is {tensor.DType}; a parameter is a floating-point tensor.");
        }
    }
}
