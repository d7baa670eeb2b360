using AlignT2I.Files;

namespace AlignT2I.WeightsConverter.Tests;

/// <summary>Safetensors files of a few tensors, made for a test.</summary>
internal static class SmallFile
{
    /// <summary>Writes tensors of zeros.</summary>
    public static string Write(string path, params IEnumerable<(string Name, long[] Shape)> tensors)
    {
        (string Name, long[] Shape)[] all = [.. tensors];
        using SafetensorsWriter writer = SafetensorsWriter.Create(path,
            all.Select(t => new SafetensorsEntry(t.Name, SafetensorsDType.Float16, t.Shape)));
        foreach ((string name, long[] shape) in all)
            writer.Write(name, new byte[2 * shape.Aggregate(1L, (n, d) => n * d)]);
        writer.Commit();
        return path;
    }

    /// <summary>Copies a file, with its tensors changed on the way.</summary>
    /// <param name="source">The file.</param>
    /// <param name="target">The copy.</param>
    /// <param name="change">Given a tensor's entry and values, returns those of the copy; null leaves the tensor out.</param>
    public static string Change(
        string source, string target, Func<SafetensorsEntry, byte[], (SafetensorsEntry Entry, byte[] Values)?> change)
    {
        using SafetensorsFile file = SafetensorsFile.Open(source);
        (SafetensorsEntry Entry, byte[] Values)[] changed =
            [.. file.Tensors.Select(t => change(new SafetensorsEntry(t.Name, t.DType, t.Shape), file.GetBytes(t.Name).ToArray()))
                .OfType<(SafetensorsEntry, byte[])>()];
        using SafetensorsWriter writer = SafetensorsWriter.Create(target, changed.Select(c => c.Entry));
        foreach ((SafetensorsEntry entry, byte[] values) in changed)
            writer.Write(entry.Name, values);
        writer.Commit();
        return target;
    }
}
