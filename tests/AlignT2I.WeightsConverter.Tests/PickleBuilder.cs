using System.Buffers.Binary;
using System.Text;

namespace AlignT2I.WeightsConverter.Tests;

/// <summary>Writes pickles of protocol 2, good and bad ones.</summary>
internal sealed class PickleBuilder
{
    readonly List<byte> bytes = [0x80, 2];

    public PickleBuilder Raw(params byte[] more)
    {
        bytes.AddRange(more);
        return this;
    }

    public PickleBuilder Raw(string opcodes) => Raw(Encoding.Latin1.GetBytes(opcodes));

    /// <summary>The same opcodes many times.</summary>
    public PickleBuilder Repeat(int count, string opcodes)
    {
        for (int i = 0; i < count; i++)
            Raw(opcodes);
        return this;
    }

    public PickleBuilder Text(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text), length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, utf8.Length);
        return Raw("X").Raw(length).Raw(utf8);
    }

    public PickleBuilder Integer(long value)
    {
        byte[] eight = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(eight, value);
        return Raw(0x8a, 8).Raw(eight);
    }

    public PickleBuilder Integers(params long[] values)
    {
        Raw("(");
        foreach (long value in values)
            Integer(value);
        return Raw("t");
    }

    public PickleBuilder Global(string module, string name) => Raw($"c{module}\n{name}\n");

    /// <summary>A tensor on a storage.</summary>
    /// <param name="key">Key of the storage.</param>
    /// <param name="storageClass">Such as <c>FloatStorage</c>.</param>
    /// <param name="count">Elements of the storage.</param>
    /// <param name="offset">First element of the tensor.</param>
    /// <param name="size">Its dimensions.</param>
    /// <param name="stride">Its strides.</param>
    /// <param name="view">Opcodes that push what follows the count in the description of a legacy storage.</param>
    public PickleBuilder Tensor(string key, string storageClass, long count, long offset, long[] size, long[] stride, string view = "")
        => Global("torch._utils", "_rebuild_tensor_v2").Raw("(").Storage(key, storageClass, count, view)
            .Integer(offset).Integers(size).Integers(stride).Raw(0x89).Global("collections", "OrderedDict").Raw(")RtR");

    /// <summary>A storage; the parameters are those of <see cref="Tensor"/>.</summary>
    public PickleBuilder Storage(string key, string storageClass, long count, string view = "")
        => Raw("(").Text("storage").Global("torch", storageClass).Text(key).Text("cpu").Integer(count).Raw(view).Raw("tQ");

    /// <summary>The pickle with its end.</summary>
    public byte[] Stop() => [.. bytes, (byte)'.'];
}
