namespace AlignT2I.Engine.Tests;

internal sealed class BadInputTests
{
    static IEnumerable<TestCaseData> Shapes =>
    [
        Case("Add: b has shape [3, 2]; it needs [2, 3]", () => F.Add(Zeros(2, 3), Zeros(3, 2))),
        Case("AddPerChannel: b has shape [4]; it needs [3]", () => F.AddPerChannel(Zeros(2, 3), Zeros(4))),
        Case("AddTrailing: b has shape [3]", () => F.AddTrailing(Zeros(2, 4, 3), Zeros(3))),
        Case("MulPerSample: w has shape [3]", () => F.MulPerSample(Zeros(2, 3), Zeros(3))),
        Case("ScaleShift: shift has shape [2, 4]", () => F.ScaleShift(Zeros(2, 5, 3), Zeros(2, 3), Zeros(2, 4))),
        Case("Concat: x has shape [2, 5]", () => F.Concat(Zeros(3, 3), Zeros(2, 5))),
        Case("Concat: there is no tensor", () => F.Concat()),
        Case("Split: sizes [1, 1]", () => F.Split(Zeros(2, 3), 1, 1)[0]),
        Case("SliceLast: start = 2", () => F.SliceLast(Zeros(2, 3), 2, 2)),
        Case("UpsampleNearest2x: x has shape [2, 3]", () => F.UpsampleNearest2x(Zeros(2, 3))),
        Case("AvgPool2d: a window of 4", () => F.AvgPool2d(Zeros(1, 3, 3, 1), 4, 1)),
        Case("MaxPool2d: kernel = 2", () => F.MaxPool2d(Zeros(1, 3, 3, 1), 2, 0)),
        Case("ResizeBilinear", () => F.ResizeBilinear(Zeros(1, 3, 3, 1), 0, 2)),
        Case("MseLoss: sampleWeight has shape [3]", () => F.MseLoss(Zeros(2, 3), Zeros(2, 3), Zeros(3))),
        Case("CrossEntropy: logits", () => F.CrossEntropy(Zeros(2), Zeros(2))),
        Case("Gather: x has shape [2, 3]", () => F.Gather(Zeros(2, 3), Zeros(2))),
        Case("TimestepEmbedding: dim = 0", () => F.TimestepEmbedding(Zeros(2), 0)),
        Case("SumLast: x has shape []", () => F.SumLast(Zeros())),
    ];

    static IEnumerable<TestCaseData> DTypes =>
    [
        Case("Mul: b is F64", () => F.Mul(Zeros(2), Tensor.Zeros([2], DType.F64, Backend.Cpu))),
        Case("Embedding: ids is F32; it needs I32", () => F.Embedding(Zeros(2), Zeros(2, 3))),
        Case("CrossEntropy: labels is F32; it needs I32", () => F.CrossEntropy(Zeros(2, 3), Zeros(2))),
        Case("computes in F32, F64, BF16 and F16, not I32", () => F.Add(F.Cast(Zeros(2), DType.I32), F.Cast(Zeros(2), DType.I32))),
        Case("weight is BF16; beside x of BF16 it must be F32", () => F.LayerNorm(Half(2), Half(2), Zeros(2), eps: 1e-5f)),
        Case("sampleWeight is BF16; beside prediction of BF16 it must be F32", () => F.MseLoss(Half(2), Half(2), Half(2))),
        Case("weight is F32 and x is BF16", () => F.Linear(Half(2), Zeros(2, 2))),
    ];

    static IEnumerable<TestCaseData> Indices =>
    [
        Case("Embedding: id 7 at position 1", () => F.Embedding(Tensor.From([0, 7], [2]), Zeros(7, 3))),
        Case("Embedding: id -1 at position 0", () => F.Embedding(Tensor.From([-1], [1]), Zeros(7, 3))),
        Case("Gather: index 3 of sample 1", () => F.Gather(Zeros(2, 3, 5), Tensor.From([0, 3], [2]))),
        Case("CrossEntropy: label 3 of sample 0", () => F.CrossEntropy(Zeros(1, 3), Tensor.From([3], [1]))),
    ];

    [TestCaseSource(nameof(Shapes))]
    public void Shapes_that_do_not_fit(string message, Func<Tensor> function) => Check<ShapeException>(message, function);

    [TestCaseSource(nameof(DTypes))]
    public void Types_that_do_not_fit(string message, Func<Tensor> function) => Check<DTypeException>(message, function);

    [TestCaseSource(nameof(Indices))]
    public void Indices_out_of_range(string message, Func<Tensor> function) => Check<ArgumentOutOfRangeException>(message, function);

    static void Check<TException>(string message, Func<Tensor> function) where TException : Exception
    {
        using MemoryScope scope = MemoryScope.Open();
        Assert.That(() => function(), Throws.TypeOf<TException>().With.Message.Contains(message));
    }

    static TestCaseData Case(string message, Func<Tensor> function) => new TestCaseData(message, function).SetArgDisplayNames(message);

    static Tensor Half(params int[] shape) => Tensor.Zeros(shape, DType.BF16, Backend.Cpu);

    static Tensor Zeros(params int[] shape) => Tensor.Zeros(shape, DType.F32, Backend.Cpu);
}
