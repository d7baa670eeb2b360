using System.Numerics;

namespace AlignT2I.Engine;

/// <summary>A named weight of a model.</summary>
/// <param name="Name">Its name in files, as in <c>conv_in.weight</c>.</param>
/// <param name="Value">Its elements, in the layout of memory: what files hold and training updates.</param>
/// <param name="Layout">How the layout of files differs.</param>
public sealed record Parameter(string Name, Tensor Value, ParameterLayout Layout)
{
    /// <summary>
    /// In mixed precision the 16-bit copy that the modules read, where <see cref="Value"/> is the float32 master; else null.
    /// </summary>
    public Tensor? HalfCopy { get; init; }

    /// <summary>What the modules read, and what has the gradient.</summary>
    public Tensor Operand => HalfCopy ?? Value;

    /// <summary>The gradient, summed in the accumulator type; null before the first backward pass.</summary>
    public Tensor? Grad => Operand.Grad;

    /// <summary>Its shape in files: [O, I, kH, kW] for a convolution.</summary>
    public Shape FileShape => ToFileShape(Value.Shape, Layout);

    /// <summary>
    /// Rounds <see cref="Value"/> to the half copy, if there is one: after something else than an optimizer has written it.
    /// </summary>
    public void RefreshHalfCopy()
    {
        if (HalfCopy is not null)
            Value.Backend.Cast(Value, HalfCopy);
    }

    /// <summary>
    /// A copy of a tensor of this parameter's shape (its value, its gradient, an optimizer's state) in the layout of files.
    /// </summary>
    public T[] ToFileLayout<T>(Tensor tensor) where T : unmanaged, INumber<T>
    {
        T[] file = new T[tensor.Count];
        Transpose<T>(tensor.ToArray<T>(), file, tensor.Shape, Layout, toFile: true);
        return file;
    }

    /// <summary>Writes elements that lie as in files into a tensor of this parameter's shape.</summary>
    public void FromFileLayout<T>(ReadOnlySpan<T> file, Tensor tensor) where T : unmanaged, INumber<T>
    {
        T[] memory = new T[tensor.Count];
        Transpose(file, memory, tensor.Shape, Layout, toFile: false);
        tensor.Write<T>(memory);
    }

    /// <summary>
    /// Moves elements that lie as in files to where memory has them, in place: each output channel of a convolution for itself.
    /// </summary>
    internal static void ToMemoryLayout(Span<float> elements, Shape shape, ParameterLayout layout)
    {
        if (layout == ParameterLayout.AsInFile || shape[1] * shape[2] == 1)
            return;
        int size = shape[1] * shape[2] * shape[3];
        float[] file = new float[size];
        for (int o = 0; o < shape[0]; o++)
        {
            Span<float> channel = elements.Slice(o * size, size);
            channel.CopyTo(file);
            Transpose<float>(file, channel, [1, shape[1], shape[2], shape[3]], layout, toFile: false);
        }
    }

    internal static Shape ToFileShape(Shape shape, ParameterLayout layout) =>
        layout == ParameterLayout.Convolution ? [shape[0], shape[3], shape[1], shape[2]] : shape;

    static void Transpose<T>(ReadOnlySpan<T> from, Span<T> to, Shape shape, ParameterLayout layout, bool toFile)
    {
        if (layout == ParameterLayout.AsInFile || shape[1] * shape[2] == 1)
        {
            from.CopyTo(to);
            return;
        }

        int pixels = shape[1] * shape[2], inputs = shape[3];
        for (int o = 0; o < shape[0]; o++)
        {
            for (int pixel = 0; pixel < pixels; pixel++)
            {
                for (int i = 0; i < inputs; i++)
                {
                    int memory = (o * pixels + pixel) * inputs + i, file = (o * inputs + i) * pixels + pixel;
                    if (toFile)
                        to[file] = from[memory];
                    else
                        to[memory] = from[file];
                }
            }
        }
    }
}
