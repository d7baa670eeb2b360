using System.Runtime.InteropServices;

namespace AlignT2I.WeightsConverter.Sources.Pickles;

/// <summary>The stack and the memo of a pickle. Nothing is taken from below a mark.</summary>
internal sealed class PickleStack
{
    const int MaxMemo = 1 << 20;
    static readonly object unset = new();

    readonly List<object?> items = [];
    readonly List<int> marks = [];
    readonly List<object?> memo = [];

    /// <summary>Items above the last mark.</summary>
    int Available => items.Count - (marks.Count > 0 ? marks[^1] : 0);

    public void Push(object? value) => items.Add(value);

    public object? Peek()
    {
        if (Available == 0)
            throw new PickleException("an opcode takes a value from an empty stack");
        return items[^1];
    }

    public object? Pop()
    {
        object? value = Peek();
        items.RemoveAt(items.Count - 1);
        return value;
    }

    /// <summary>The top of the stack, which must be of this type.</summary>
    public T Peek<T>(string expected)
        where T : class
        => Peek() as T ?? throw new PickleException($"an opcode finds {Describe(Peek())} on the stack; expected {expected}");

    /// <summary>Takes the top of the stack, which must be of this type.</summary>
    public T Pop<T>(string expected)
        where T : class
    {
        T value = Peek<T>(expected);
        Pop();
        return value;
    }

    public object?[] Pop(int count)
    {
        if (Available < count)
            throw new PickleException($"an opcode takes {count} values from a stack that has {Available}");
        object?[] values = CollectionsMarshal.AsSpan(items)[^count..].ToArray();
        items.RemoveRange(items.Count - count, count);
        return values;
    }

    public void Mark() => marks.Add(items.Count);

    public object?[] PopToMark()
    {
        if (marks.Count == 0)
            throw new PickleException("an opcode takes the values above a mark, but there is no mark");
        object?[] values = Pop(Available);
        marks.RemoveAt(marks.Count - 1);
        return values;
    }

    /// <summary>POP takes a mark where that is on top.</summary>
    public void PopValueOrMark()
    {
        if (Available == 0 && marks.Count > 0)
            marks.RemoveAt(marks.Count - 1);
        else
            Pop();
    }

    public void Memoize() => memo.Add(Peek());

    public void Remember(long index)
    {
        object? value = Peek();
        // Optimized pickles leave gaps between the entries; that an entry is far away says nothing about how many there are.
        if (index is < 0 or >= MaxMemo)
            throw new PickleException($"memo entry {index} is set; expected an index from 0 to {MaxMemo - 1}");
        while (memo.Count <= index)
            memo.Add(unset);
        memo[(int)index] = value;
    }

    public object? Recall(long index) => index >= 0 && index < memo.Count && memo[(int)index] != unset ? memo[(int)index]
        : throw new PickleException($"memo entry {index} is asked for, but was never set");

    public static string Describe(object? value) => value switch
    {
        null => "None",
        PickleTuple => "a tuple",
        PickleList => "a list",
        PickleDictionary => "a dictionary",
        PickleTensor => "a tensor",
        PickleStorage => "a storage",
        PickleGlobal global => $"'{global.Name}'",
        PickleObject made => $"an object of '{made.Type.Name}'",
        string => "a text",
        byte[] => "bytes",
        _ => "a number",
    };
}
