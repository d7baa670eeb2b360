using AlignT2I.Files;

namespace AlignT2I.Engine.Tests;

internal sealed class ParameterFileTests
{
    static string FilePath => Path.Combine(TestContext.CurrentContext.WorkDirectory, "parameters.safetensors");

    [Test]
    public void What_is_saved_is_loaded_bit_for_bit()
    {
        using MemoryScope scope = MemoryScope.Open();
        Parameter[] written = [Convolution(3), new("b", Tensor.From([1.5, -2, 1e-300], [3]), ParameterLayout.AsInFile)];
        ParameterFile.Save(FilePath, written, metadata: new Dictionary<string, string> { ["note"] = "a test" });
        Parameter[] read = [Convolution(4), new("b", Tensor.Zeros([3], DType.F64, Backend.Cpu), ParameterLayout.AsInFile)];
        Assert.That(ParameterFile.Load(FilePath, read)["note"], Is.EqualTo("a test"));
        TensorAssert.Same(read[0].Value, written[0].Value, "convolution");
        TensorAssert.Same(read[1].Value, written[1].Value, "float64");
    }

    [Test]
    public void A_convolution_is_written_as_other_tools_read_it()
    {
        using MemoryScope scope = MemoryScope.Open();
        Parameter weight = Convolution(5);
        ParameterFile.Save(FilePath, [weight], DType.F16);
        using SafetensorsFile file = SafetensorsFile.Open(FilePath);
        Assert.That(file["w"].Shape, Is.EqualTo([2L, 5, 3, 3]));
        Assert.That(file["w"].DType, Is.EqualTo(SafetensorsDType.Float16));
        Half second = BitConverter.ToHalf(file.GetBytes("w")[2..]);       // [0, 0, 0, 1] in the file is [0, 0, 1, 0] in memory
        Assert.That(second, Is.EqualTo((Half)weight.Value.ToArray<float>()[5]));
    }

    [Test]
    public void Another_type_or_shape_is_refused()
    {
        using MemoryScope scope = MemoryScope.Open();
        ParameterFile.Save(FilePath, [Convolution(5)], DType.F16);
        Assert.That(() => ParameterFile.Load(FilePath, [Convolution(5)]),
            Throws.TypeOf<FileFormatException>().With.Message.Contains("'w' is Float16"));
        Assert.That(() => ParameterFile.Save(FilePath, [Convolution(5)], DType.I32), Throws.TypeOf<DTypeException>());
        Assert.That(() => ParameterFile.Load(FilePath + ".none", []), Throws.TypeOf<UsageException>());
    }

    static Parameter Convolution(ulong seed)
    {
        float[] values = new float[2 * 3 * 3 * 5];
        new Philox(seed).Normal(values);
        return new Parameter("w", Tensor.From(values, [2, 3, 3, 5]), ParameterLayout.Convolution);
    }
}
