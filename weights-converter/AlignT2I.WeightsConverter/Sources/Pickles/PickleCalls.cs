using System.Text;
using AlignT2I.Files;
using static AlignT2I.WeightsConverter.Sources.Pickles.PickleStack;

namespace AlignT2I.WeightsConverter.Sources.Pickles;

/// <summary>What the calls of known globals make. None of them runs anything: each arranges values that are there already.</summary>
internal static class PickleCalls
{
    public static object? Call(PickleGlobal function, PickleTuple arguments)
    {
        IReadOnlyList<object?> a = arguments.Items;
        switch (function.Use, a.Count)
        {
            case (PickleUse.Object, _):
                return new PickleObject(function);
            case (PickleUse.Dictionary, <= 2):
                return Dictionary(function, a);
            case (PickleUse.Sequence, 0):
                return new PickleList();
            case (PickleUse.Sequence, _) when a[0] is PickleTuple or PickleList or PickleDictionary:
                return a[0];
            case (PickleUse.Bytes, 2) when a is [string text, "latin1"]:
                return Encoding.Latin1.GetBytes(text);
            case (PickleUse.Tensor, >= 4) when a[0] is PickleStorage { DType: { } dtype } storage:
                return Tensor(storage, dtype, a);
            case (PickleUse.TypedTensor, >= 7) when a[0] is PickleStorage storage && a[6] is PickleGlobal { DType: { } dtype }:
                return Tensor(storage, dtype, a);
            case (PickleUse.Parameter, >= 1) when a[0] is PickleTensor tensor:
                return tensor;
            default:
                throw new PickleException(function.Use == PickleUse.Name
                    ? $"it calls '{function.Name}', which may be named but not called"
                    : $"it calls '{function.Name}' with ({string.Join(", ", a.Take(8).Select(Describe))}), which it does not take");
        }
    }

    /// <summary>OrderedDict(), OrderedDict([(key, value), ...]), defaultdict(factory), Counter({...}).</summary>
    static PickleDictionary Dictionary(PickleGlobal function, IReadOnlyList<object?> arguments)
    {
        var dictionary = new PickleDictionary();
        switch (arguments.LastOrDefault())
        {
            case null or PickleGlobal:
                return dictionary;
            case PickleDictionary items:
                dictionary.AddRange(items);
                return dictionary;
            case PickleList pairs:
                foreach (object? pair in pairs)
                {
                    IReadOnlyList<object?> items = pair as PickleList ?? (pair as PickleTuple)?.Items ?? [];
                    if (items.Count != 2)
                        throw new PickleException($"it calls '{function.Name}' with a list that is not one of pairs");
                    dictionary.Set(items[0], items[1]);
                }
                return dictionary;
            default:
                throw new PickleException($"it calls '{function.Name}' with {Describe(arguments[^1])}; expected pairs");
        }
    }

    static PickleTensor Tensor(PickleStorage storage, SafetensorsDType dtype, IReadOnlyList<object?> arguments)
    {
        long offset = Integer(arguments[1], "the offset of a tensor");
        (PickleTensor? tensor, string problem) =
            PickleTensor.View(storage, dtype, offset, Integers(arguments[2], "size"), Integers(arguments[3], "stride"));
        return tensor ?? throw new PickleException(problem);
    }

    static long[] Integers(object? value, string what)
    {
        IReadOnlyList<object?> items = value as PickleList ?? (value as PickleTuple)?.Items
            ?? throw new PickleException($"the {what} of a tensor is {Describe(value)}; expected a tuple of integers");
        if (items.Count > PickleTensor.MaxRank)
            throw new PickleException($"the {what} of a tensor has {items.Count} entries; expected at most {PickleTensor.MaxRank}");
        return [.. items.Select(i => Integer(i, $"a number in the {what} of a tensor"))];
    }

    static long Integer(object? value, string what)
        => value as long? ?? throw new PickleException($"{what} is {Describe(value)}; expected an integer from -2^63 to 2^63 - 1");
}
