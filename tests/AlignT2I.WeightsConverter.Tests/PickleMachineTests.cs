using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using AlignT2I.Files;
using AlignT2I.WeightsConverter.Sources.Pickles;

namespace AlignT2I.WeightsConverter.Tests;

internal sealed class PickleMachineTests
{
    const string Values =
        "{'a': [1, -2, 1180591620717411303424, -1099511627776, 70000, True, None, 1.5, (1, 2, 3), (), (4), (5, 6), (7, 8, 9, 10), " +
        "'é😀\\n', 'line\nbreak', b'00FF', [], [3]], 5: {'x': []}, 'same': ...}";

    /// <summary>What CPython 3.11 wrote of the same values by each protocol.</summary>
    [TestCase(0,
        "KGRwMApWYQpwMQoobHAyCkkxCmFJLTIKYUwxMTgwNTkxNjIwNzE3NDExMzAzNDI0TAphTC0xMDk5NTExNjI3Nzc2TAphSTcwMDAwCmFJMDEKYU"
        + "5hRjEuNQphKEkxCkkyCkkzCnRwMwphKHRhKEk0CnRwNAphKEk1Ckk2CnRwNQphKEk3Ckk4Ckk5CkkxMAp0cDYKYVbpXFUwMDAxZjYwMFx1MDA1"
        + "Y24KcDcKYVZsaW5lXHUwMDBhYnJlYWsKcDgKYWNfY29kZWNzCmVuY29kZQpwOQooVlx1MDAwMP8KcDEwClZsYXRpbjEKcDExCnRwMTIKUnAxMw"
        + "phY19fYnVpbHRpbl9fCnNldApwMTQKKChscDE1CnRwMTYKUnAxNwphY19fYnVpbHRpbl9fCmZyb3plbnNldApwMTgKKChscDE5CkkzCmF0cDIw"
        + "ClJwMjEKYXNJNQooZHAyMgpWeApwMjMKKGxwMjQKc3NWc2FtZQpwMjUKZzIKcy4=")]
    [TestCase(1,
        "fXEAKFgBAAAAYXEBXXECKEsBSv7///9MMTE4MDU5MTYyMDcxNzQxMTMwMzQyNEwKTC0xMDk5NTExNjI3Nzc2TApKcBEBAEkwMQpORz/4AAAAAA"
        + "AAKEsBSwJLA3RxAykoSwR0cQQoSwVLBnRxBShLB0sISwlLCnRxBlgIAAAAw6nwn5iAXG5xB1gKAAAAbGluZQpicmVha3EIY19jb2RlY3MKZW5j"
        + "b2RlCnEJKFgDAAAAAMO/cQpYBgAAAGxhdGluMXELdHEMUnENY19fYnVpbHRpbl9fCnNldApxDihdcQ90cRBScRFjX19idWlsdGluX18KZnJvem"
        + "Vuc2V0CnESKF1xE0sDYXRxFFJxFWVLBX1xFlgBAAAAeHEXXXEYc1gEAAAAc2FtZXEZaAJ1Lg==")]
    [TestCase(2,
        "gAJ9cQAoWAEAAABhcQFdcQIoSwFK/v///4oJAAAAAAAAAABAigYAAAAAAP9KcBEBAIhORz/4AAAAAAAASwFLAksDh3EDKUsEhXEESwVLBoZxBS"
        + "hLB0sISwlLCnRxBlgIAAAAw6nwn5iAXG5xB1gKAAAAbGluZQpicmVha3EIY19jb2RlY3MKZW5jb2RlCnEJWAMAAAAAw79xClgGAAAAbGF0aW4x"
        + "cQuGcQxScQ1jX19idWlsdGluX18Kc2V0CnEOXXEPhXEQUnERY19fYnVpbHRpbl9fCmZyb3plbnNldApxEl1xE0sDYYVxFFJxFWVLBX1xFlgBAA"
        + "AAeHEXXXEYc1gEAAAAc2FtZXEZaAJ1Lg==")]
    [TestCase(3,
        "gAN9cQAoWAEAAABhcQFdcQIoSwFK/v///4oJAAAAAAAAAABAigYAAAAAAP9KcBEBAIhORz/4AAAAAAAASwFLAksDh3EDKUsEhXEESwVLBoZxBS"
        + "hLB0sISwlLCnRxBlgIAAAAw6nwn5iAXG5xB1gKAAAAbGluZQpicmVha3EIQwIA/3EJY2J1aWx0aW5zCnNldApxCl1xC4VxDFJxDWNidWlsdGlu"
        + "cwpmcm96ZW5zZXQKcQ5dcQ9LA2GFcRBScRFlSwV9cRJYAQAAAHhxE11xFHNYBAAAAHNhbWVxFWgCdS4=")]
    [TestCase(4,
        "gASVjQAAAAAAAAB9lCiMAWGUXZQoSwFK/v///4oJAAAAAAAAAABAigYAAAAAAP9KcBEBAIhORz/4AAAAAAAASwFLAksDh5QpSwSFlEsFSwaGlC"
        + "hLB0sISwlLCnSUjAjDqfCfmIBcbpSMCmxpbmUKYnJlYWuUQwIA/5SPlChLA5GUZUsFfZSMAXiUXZRzjARzYW1llGgCdS4=")]
    [TestCase(5,
        "gAWVjQAAAAAAAAB9lCiMAWGUXZQoSwFK/v///4oJAAAAAAAAAABAigYAAAAAAP9KcBEBAIhORz/4AAAAAAAASwFLAksDh5QpSwSFlEsFSwaGlC"
        + "hLB0sISwlLCnSUjAjDqfCfmIBcbpSMCmxpbmUKYnJlYWuUQwIA/5SPlChLA5GUZUsFfZSMAXiUXZRzjARzYW1llGgCdS4=")]
    public void The_values_of_every_protocol(int protocol, string base64)
    {
        byte[] pickle = Convert.FromBase64String(base64);
        var value = (PickleDictionary)Load(pickle)!;
        Assert.That(value[2].Value, Is.SameAs(value[0].Value), $"protocol {protocol}: one list under two keys");
        Assert.That(Text(new PickleDictionary { value[0], value[1] })[..^1] + ", 'same': ...}", Is.EqualTo(Values));
    }

    [TestCase(@"I01\nI00\nL12L\nF-2.5\n", "(True, False, 12, -2.5)")]
    [TestCase(@"S'it\\'s'\nS'a\\x41\\n'\nU\x03abcT\x02\0\0\0xy", "('it's', 'aA\n', 'abc', 'xy')")]
    [TestCase(@"U\x02\xff\x01C\x01zB\x01\0\0\0q", "(b'FF01', b'7A', b'71')")]
    [TestCase(@"Va\\u0041\\U0001F600\\\n", "('aA😀\\')")]
    [TestCase(@"(K\x01K\x02d}K\x03K\x04s", "({1: 2}, {3: 4})")]
    [TestCase(@"(K\x01K\x02lK\x03(K\x0410K\x0520", "([1, 2], 5)")]
    [TestCase(@"ccollections\nOrderedDict\n(]](K\x01K\x02eatR", "({1: 2})")]
    [TestCase(@"(icollections\nOrderedDict\n(ccollections\nCounter\no", "({}, {})")]
    public void Opcodes_that_current_writers_hardly_use(string opcodes, string expected)
    {
        byte[] pickle = Bytes($"({opcodes}t.");
        Assert.That(Text(Load(pickle)), Is.EqualTo(expected));
    }

    [TestCase(@"cos\nsystem\n", "os.system")]
    [TestCase(@"(ios\nsystem\n", "os.system")]
    [TestCase(@"X\x02\0\0\0osX\x06\0\0\0system\x93", "os.system")]
    [TestCase(@"c__builtin__\ngetattr\n", "__builtin__.getattr")]
    [TestCase(@"ctorch\nload\n", "torch.load")]
    [TestCase(@"ctorch.storage\n_load_from_bytes\n", "torch.storage._load_from_bytes")]
    [TestCase(@"ctorch._utils\n_rebuild_tensor_v2.__globals__\n", "__globals__")]
    [TestCase(@"ctorch.FloatStorage\n__reduce__\n", "torch.FloatStorage.__reduce__")]
    public void A_global_that_is_not_of_weights_is_refused_by_name(string opcodes, string name)
        => Assert.That(Refusal(Bytes(opcodes + ".")), Does.Contain($"{name}'").And.Contain("nothing of it was run"));

    [TestCase(@"ctorch\nfloat32\n)R.", "may be named but not called")]
    [TestCase(@"ctorch._utils\n_rebuild_tensor_v2\n)R.", "which it does not take")]
    [TestCase(@"K\x01)R.", "expected something to call")]
    [TestCase(@"ccollections\nOrderedDict\n)\x81K\x01\x85R.", "expected something to call")]
    [TestCase(@"\x82\x01.", "0x82 is not an opcode")]
    [TestCase(@"\x80\x06.", "protocol 6")]
    [TestCase(@"}(K\x01u.", "not pairs")]
    [TestCase(@"K\x01K\x02a.", "expected a list")]
    [TestCase(@"K\x01(K\x02000.", "empty stack")]
    [TestCase(@")Q.", "a storage where none may be")]
    [TestCase(@"X\x01\0\0\0\xff.", "not UTF-8")]
    [TestCase(@"K\x01r\xff\xff\xff\xff.", "memo entry 4294967295")]
    [TestCase(@"I12a\n.", "not an integer")]
    [TestCase(@"I12", "a line does not end")]
    [TestCase(@"K", "the file is cut off")]
    [TestCase(@"", "the file is cut off")]
    public void A_damaged_pickle_is_refused_with_its_place(string opcodes, string problem)
        => Assert.That(Refusal(Bytes(opcodes)), Does.StartWith("a.ckpt: a/data.pkl, byte ").And.Contain(problem).And.EndsWith("."));

    static string Refusal(byte[] pickle) => Assert.Throws<FileFormatException>(() => Load(pickle))!.Message;

    /// <summary>Opcodes as text, where what cannot be seen is escaped: test names keep nothing else.</summary>
    static byte[] Bytes(string opcodes) => Encoding.Latin1.GetBytes(Regex.Unescape(opcodes));

    static object? Load(byte[] pickle)
    {
        var input = new PickleInput("a.ckpt", "a/data.pkl", pickle);
        object? value = PickleMachine.Load(ref input, storages: null);
        Assert.That(input.Position, Is.EqualTo(pickle.Length));
        return value;
    }

    /// <summary>A value as Python prints it, except for bytes.</summary>
    static string Text(object? value) => value switch
    {
        null => "None",
        string text => $"'{text}'",
        byte[] bytes => $"b'{Convert.ToHexString(bytes)}'",
        PickleTuple tuple => $"({string.Join(", ", tuple.Items.Select(Text))})",
        PickleList list => $"[{string.Join(", ", list.Select(Text))}]",
        PickleDictionary dictionary => $"{{{string.Join(", ", dictionary.Select(i => $"{Text(i.Key)}: {Text(i.Value)}"))}}}",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
