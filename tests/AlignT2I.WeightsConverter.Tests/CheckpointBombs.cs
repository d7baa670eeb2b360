namespace AlignT2I.WeightsConverter.Tests;

/// <summary>Small files that ask for much time or memory.</summary>
internal static class CheckpointBombs
{
    const string Tensor = "h\x01";      // the tensor that every bomb has memoized as 1

    static PickleBuilder WithTensor() => new PickleBuilder().Tensor("0", "FloatStorage", 6, 0, [6], [1]).Raw("q\x01" + "0");

    /// <summary>Outcome, in words that the message has, and file.</summary>
    public static IEnumerable<TestCaseData> All() =>
    [
        Bomb("a list that holds itself and a tensor", "deep in each other", WithTensor().Raw($"]q\x02({Tensor}h\x02h\x02h\x02" + "e")),
        Bomb("a list copied into dictionaries again and again", "steps",
            WithTensor().Raw("ccollections\nOrderedDict\nq\x02" + "0(](K\x01K\x02lq\x03" + "0(").Repeat(100_000, "h\x03")
                .Raw("etq\x04" + "0(").Repeat(300_000, "h\x02h\x04R").Raw("t")),
        Bomb("a text encoded again and again", "steps",
            WithTensor().Raw("c_codecs\nencode\nq\x02" + "0").Text(new string('x', 1 << 20)).Text("latin1").Raw("\x86q\x03" + "0(")
                .Repeat(300_000, "h\x02h\x03R").Raw("t")),
        Bomb("a size of very many dimensions", "200000 entries",
            WithTensor().Storage("0", "FloatStorage", 6).Raw("q\x05" + "0(").Repeat(200_000, "K\x01")
                .Raw("tq\x02" + "0ctorch._utils\n_rebuild_tensor\n(h\x05K\x00h\x02h\x02tR")),
        Bomb("objects that share a long list", "accepted",
            WithTensor().Raw("(").Repeat(200_000, "K\x01").Raw("lq\x02" + "0cargparse\nNamespace\nq\x03" + "0(")
                .Repeat(100_000, "h\x03)\x81h\x02" + "b").Raw("t")),
        Bomb("a long list with a tensor under many names", "too often",
            WithTensor().Raw("(").Repeat(300_000, "K\x01").Raw($"{Tensor}lq\x02" + "0(").Repeat(300_000, "h\x02").Raw("t")),
        Bomb("tuples of tuples of tensors", "more than 65536 tensors", WithTensor().Raw(Tensor).Repeat(40, "q\x02h\x02\x86")),
        Bomb("a tensor under a million names", "more than 65536 tensors", WithTensor().Raw("(").Repeat(1_000_000, Tensor).Raw("t")),
        Bomb("a name that grows", "characters", WithTensor().Repeat(60, "}X\x05\0\0\0namesq\x02").Raw(Tensor).Repeat(60, "s")),
        Bomb("objects that are each other's state", "deep in each other",
            WithTensor().Raw("cargparse\nNamespace\nq\x03" + "0(h\x01q\x02").Repeat(50_000, "h\x03)\x81h\x02" + "bq\x02").Raw("t")),
        Bomb("a million lists", "accepted", WithTensor().Raw("(").Repeat(1_000_000, "]").Raw("t")),
        Bomb("half a million lists in lists", "deep in each other", WithTensor().Repeat(500_000, "]").Repeat(499_999, "a")),
        Bomb("half a million tuples of a tuple", "accepted", WithTensor().Raw("(").Repeat(350_000, "K\x01\x85").Raw("t")),
        Bomb("two million lists", "steps", WithTensor().Raw("(").Repeat(2_000_000, "]").Raw("t")),
        Bomb("a million marks", "accepted", WithTensor().Repeat(1_000_000, "(").Raw("t")),
        Bomb("a pickle of 20 MiB", "at most 16777216 are read", WithTensor().Text(new string('x', 20 << 20))),
        Bomb("a text of 15 MiB", "accepted", WithTensor().Text(new string('x', 15 << 20))),
        Bomb("an integer of very many digits", "not an integer", WithTensor().Raw("L" + new string('9', 10_000_000) + "\n")),
        Bomb("a memo entry far away, again and again", "accepted", WithTensor().Raw("K\x01").Repeat(500_000, "r\xff\xff\x0f\x00")),
        Bomb("a tensor that repeats one value", "repeats a few values too often",
            WithTensor().Raw("}").Text("w").Tensor("0", "FloatStorage", 6, 0, [1 << 15, 1 << 15], [0, 0]).Raw("s")),
    ];

    static TestCaseData Bomb(string name, string outcome, PickleBuilder pickle)
    {
        byte[] archive = new ZipBuilder().Add("a/data.pkl", pickle.Stop()).Add("a/data/0", new byte[24]).Build();
        return new TestCaseData(outcome, archive).SetName(name);
    }
}
