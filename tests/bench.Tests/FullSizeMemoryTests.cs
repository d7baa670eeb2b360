using System.Runtime.InteropServices;
using System.Text.Json;
using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Files.Tests;
using AlignT2I.Models.Parity;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Bench.Tests;

/// <summary>Memory of Stable Diffusion v1.5's UNet at full size, from files in each type, computing in each type.</summary>
[Category("Slow")]
public class FullSizeMemoryTests
{
    const long Parameters = 859_520_964;
    const double MiB = 1 << 20;

    /// <summary>
    /// The weights in the type that is computed in, and what a pass needs beside them: feature maps, working memory, the runtime;
    /// in a 16-bit type float32 copies of one operation's operands too. A second copy of the weights,
    /// or the mapped file, would be 1640 MiB at least.
    /// </summary>
    [TestCase("float32", "float32", 900)]
    [TestCase("float16", "float32", 900)]
    [TestCase("bfloat16", "float32", 900)]
    [TestCase("float32", "float16", 1300)]
    [TestCase("float16", "float16", 1300)]
    [TestCase("bfloat16", "bfloat16", 1300)]
    public void The_weights_are_held_once(string fileType, string computeType, double besideMiB)
    {
        if (!OperatingSystem.IsLinux())
            Assert.Ignore("Peak memory is read as Linux counts it; run the test there.");
        using var folder = new TempFolder();
        string path = Path.Combine(folder.Path, "unet.safetensors");
        Write(path, DTypes.Named(fileType)!.Value);
        (int exitCode, string output, string error) = Bench.Run(
            "models", "--filter", computeType == "float32" ? "unet_fwd_64x64_b1" : "unet_fwd_32x32_b1", "--weights", path,
            "--dtype", computeType, "--runs", "1", "--seconds", "0", "--json", "--anyway");
        Assert.That(exitCode, Is.Zero, error + output);
        double peakMiB = JsonDocument.Parse(output).RootElement.GetProperty("peak_mem_mb").GetDouble();
        double weightsMiB = Parameters * DTypes.Named(computeType)!.Value.Size / MiB;
        TestContext.Out.WriteLine($"{fileType} file, {computeType} compute: {weightsMiB:0} MiB of weights, peak {peakMiB:0} MiB");
        Assert.That(peakMiB, Is.InRange(weightsMiB, weightsMiB + besideMiB));
        Assert.That(peakMiB, Is.LessThan(6e9 / MiB));
    }

    /// <summary>Synthetic weights, written tensor by tensor.</summary>
    static void Write(string path, DType dtype)
    {
        var shapes = new ShapeList();
        List<(string Name, int[] Shape)> tensors = shapes.Of(p => _ = new UNet2DCondition(p, new UNet2DConditionConfig()));
        Assert.That(tensors.Sum(t => t.Shape.Aggregate(1L, (count, d) => count * d)), Is.EqualTo(Parameters));
        SafetensorsDType type = dtype switch
        {
            DType.F32 => SafetensorsDType.Float32,
            DType.F16 => SafetensorsDType.Float16,
            _ => SafetensorsDType.BFloat16,
        };
        var weights = new SyntheticWeights(SyntheticVariant.V1, 7);
        using SafetensorsWriter writer = SafetensorsWriter.Create(
            path, tensors.Select(t => new SafetensorsEntry(t.Name, type, [.. t.Shape.Select(d => (long)d)])), null);
        foreach ((string name, int[] shape) in tensors)
            writer.Write(name, Bytes(weights.Values(name, shape), dtype));
        writer.Commit();
    }

    static ReadOnlySpan<byte> Bytes(float[] values, DType dtype) => dtype switch
    {
        DType.F32 => MemoryMarshal.AsBytes<float>(values),
        DType.F16 => MemoryMarshal.AsBytes<Half>(Array.ConvertAll(values, v => (Half)v)),
        _ => MemoryMarshal.AsBytes<ushort>(Array.ConvertAll(values, v => (ushort)(BitConverter.SingleToUInt32Bits(v) >> 16))),
    };

    /// <summary>Names and shapes of a model's parameters; each tensor is freed when the next is asked for.</summary>
    sealed class ShapeList : ParameterSource
    {
        readonly List<(string Name, int[] Shape)> found = [];
        ParameterStore? store;

        public List<(string Name, int[] Shape)> Of(Action<ParameterBuilder> build)
        {
            store = new ParameterStore(this);
            build(store.Root);
            store.Dispose();
            return found;
        }

        public override void Read(string name, Shape fileShape, Init init, Span<float> values)
        {
            if (store!.Parameters.Count > 0)
                store.Parameters[^1].Value.Dispose();
            found.Add((name, fileShape.ToArray()));
        }
    }
}
