using System.Buffers.Binary;
using System.Runtime.InteropServices;
using AlignT2I.Files;

namespace AlignT2I.Engine;

/// <summary>Parameters from a safetensors file in float32, float16, bfloat16 or float64; the file must have those of the model and no others.</summary>
/// <param name="file">The open file; the store reads from it while the model is built.</param>
/// <param name="prefix">What the file's names have before the model's, as in <c>text_model.</c>; tensors without it are not the model's.</param>
/// <param name="ignored">Names after the prefix that the file may have though no model asks for them, as the constant tables of older programs.</param>
public sealed class SafetensorsParameters(SafetensorsFile file, string prefix = "", params string[] ignored) : ParameterSource
{
    /// <inheritdoc/>
    public override void Read(string name, Shape fileShape, Init init, Span<float> values)
    {
        string fullName = prefix + name;
        if (!file.TryGet(fullName, out SafetensorsTensor? tensor))
        {
            throw new FileFormatException(
                file.Path, $"there is no tensor '{fullName}', of shape {fileShape}, that the model needs; do config.json and weights belong together?");
        }

        if (!tensor.Shape.SequenceEqual(fileShape.Select(d => (long)d)))
        {
            throw new FileFormatException(
                file.Path, $"'{fullName}' has shape [{string.Join(", ", tensor.Shape)}]; the model needs {fileShape}. Does config.json belong to it?");
        }

        Convert(tensor, file.GetBytes(fullName), values);
    }

    /// <inheritdoc/>
    public override void Finish(IReadOnlyCollection<string> names)
    {
        HashSet<string> asked = [.. names.Concat(ignored).Select(name => prefix + name)];
        string[] extra = [.. file.Tensors.Select(t => t.Name).Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && !asked.Contains(name))];
        if (extra.Length > 0)
        {
            throw new FileFormatException(
                file.Path, $"it has {extra.Length} tensors that the model does not, '{extra[0]}' among them; do config.json and weights belong together?");
        }
    }

    void Convert(SafetensorsTensor tensor, ReadOnlySpan<byte> bytes, Span<float> values)
    {
        switch (tensor.DType)
        {
            case SafetensorsDType.Float32:
                bytes.CopyTo(MemoryMarshal.AsBytes(values));
                break;
            case SafetensorsDType.Float16:
                for (int i = 0; i < values.Length; i++)
                    values[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(bytes[(2 * i)..]);
                break;
            case SafetensorsDType.BFloat16:
                for (int i = 0; i < values.Length; i++)
                    values[i] = BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]) << 16);
                break;
            case SafetensorsDType.Float64:
                for (int i = 0; i < values.Length; i++)
                    values[i] = (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes[(8 * i)..]);
                break;
            default:
                throw new FileFormatException(file.Path, $"'{tensor.Name}' is {tensor.DType}; a parameter is a floating-point tensor.");
        }
    }
}
