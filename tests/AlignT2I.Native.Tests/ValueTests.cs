using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace AlignT2I.Native.Tests;

/// <summary>Enum values and structures are those of the vendors' headers.</summary>
internal sealed partial class ValueTests
{
    static readonly Dictionary<string, long> headers = ReadHeaders();

    public static IEnumerable<FieldInfo> Constants =>
        new[] { typeof(DriverValues), typeof(CublasLtValues), typeof(CudnnValues), typeof(NcclValues) }
            .SelectMany(t => t.GetFields(BindingFlags.Public | BindingFlags.Static));

    [TestCaseSource(nameof(Constants))]
    public void A_constant_has_the_value_of_its_name(FieldInfo constant)
    {
        Assert.That(headers, Does.ContainKey(constant.Name), "take the name from the header, and its value into header-values.txt");
        Assert.That(Convert.ToInt64(constant.GetRawConstantValue(), CultureInfo.InvariantCulture), Is.EqualTo(headers[constant.Name]));
    }

    [Test]
    public void A_device_attribute_has_the_value_of_its_name([Values] CudaDeviceAttribute attribute)
    {
        string name = "CU_DEVICE_ATTRIBUTE_" + WordStart().Replace(attribute.ToString(), "_").ToUpperInvariant();
        Assert.That(headers, Does.ContainKey(name));
        Assert.That((long)attribute, Is.EqualTo(headers[name]));
    }

    /// <summary>cublasLt.h: an algorithm is eight 64-bit words; a result is one, a size_t, a status, a float and four ints.</summary>
    [Test]
    public unsafe void Structures_have_the_sizes_of_the_headers()
    {
        Assert.That(sizeof(CublasLtAlgorithm), Is.EqualTo(64));
        Assert.That(sizeof(CublasLtHeuristic), Is.EqualTo(96));
        CublasLtHeuristic result;
        Assert.That((byte*)&result.WorkspaceBytes - (byte*)&result, Is.EqualTo(64));
        Assert.That((byte*)&result.Status - (byte*)&result, Is.EqualTo(72));
        Assert.That((byte*)&result.Waves - (byte*)&result, Is.EqualTo(76));
    }

    static Dictionary<string, long> ReadHeaders()
    {
        using StreamReader reader = new(typeof(ValueTests).Assembly.GetManifestResourceStream("header-values.txt")!);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#')
            .Select(line => line.Split(' ')).ToDictionary(pair => pair[0], pair => long.Parse(pair[1], CultureInfo.InvariantCulture));
    }

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])")]
    private static partial Regex WordStart();
}
