using AlignT2I.Files;

namespace AlignT2I.WeightsConverter.Sources.Pickles;

/// <summary>
/// A closed interpreter of pickles: it makes numbers, texts, containers, tensors and objects that do nothing, and refuses every global
/// that <see cref="PickleGlobals"/> does not list. No code runs, whatever the pickle says.
/// </summary>
/// <remarks>Source of the format: python/cpython, Lib/pickletools.py. What it keeps in memory is bounded by the size of the pickle and by
/// the number of opcodes.</remarks>
internal sealed class PickleMachine
{
    /// <summary>A pickle larger than this is refused: the largest checkpoints have a few megabytes.</summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>A checkpoint of Stable Diffusion with its optimizer takes about 200,000 opcodes.</summary>
    const int MaxSteps = 1 << 20;

    const int HighestProtocol = 5;

    static readonly object[] smallIntegers = [.. Enumerable.Range(0, 256).Select(i => (object)(long)i)];

    readonly Func<PickleTuple, PickleStorage>? storages;
    readonly PickleStack stack = new();
    int work;

    PickleMachine(Func<PickleTuple, PickleStorage>? storages) => this.storages = storages;

    /// <summary>Runs a pickle to its end.</summary>
    /// <param name="input">Stands behind the pickle afterwards.</param>
    /// <param name="storages">Finds the storage that a persistent id describes, or throws a <see cref="PickleException"/>; null where
    /// none may occur.</param>
    /// <exception cref="FileFormatException">The pickle is damaged, or asks for anything but values and containers.</exception>
    public static object? Load(ref PickleInput input, Func<PickleTuple, PickleStorage>? storages)
    {
        try
        {
            return new PickleMachine(storages).Run(ref input);
        }
        catch (PickleException e)
        {
            throw input.Bad(e.Message);
        }
    }

    object? Run(ref PickleInput input)
    {
        while (work++ < MaxSteps)
        {
            PickleOpcode opcode = input.ReadOpcode();
            if (opcode == PickleOpcode.Stop)
                return stack.Pop();
            if (!Simple(opcode) && !Value(opcode, ref input) && !Memo(opcode, ref input) && !Container(opcode) && !Call(opcode, ref input))
                throw input.Bad($"0x{(byte)opcode:x2} is not an opcode that is read here; the file is damaged or not a file of weights");
        }
        throw input.Bad($"it has more than {MaxSteps} steps; no checkpoint needs so many");
    }

    bool Simple(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Mark: stack.Mark(); break;
            case PickleOpcode.Pop: stack.PopValueOrMark(); break;
            case PickleOpcode.PopMark: stack.PopToMark(); break;
            case PickleOpcode.Dup: stack.Push(stack.Peek()); break;
            case PickleOpcode.None: stack.Push(null); break;
            case PickleOpcode.NewTrue: stack.Push(true); break;
            case PickleOpcode.NewFalse: stack.Push(false); break;
            case PickleOpcode.EmptyTuple: stack.Push(PickleTuple.Empty); break;
            case PickleOpcode.EmptyList or PickleOpcode.EmptySet: stack.Push(new PickleList()); break;
            case PickleOpcode.EmptyDict: stack.Push(new PickleDictionary()); break;
            default: return false;
        }
        return true;
    }

    bool Value(PickleOpcode opcode, ref PickleInput input)
    {
        switch (opcode)
        {
            case PickleOpcode.BinInt: stack.Push((long)input.ReadInt32()); break;
            case PickleOpcode.BinInt1: stack.Push(smallIntegers[input.ReadByte()]); break;
            case PickleOpcode.BinInt2: stack.Push((long)input.ReadUInt16()); break;
            case PickleOpcode.Long1: stack.Push(input.ReadInteger(input.ReadByte())); break;
            case PickleOpcode.Long4: stack.Push(input.ReadInteger(input.ReadInt32())); break;
            case PickleOpcode.BinFloat: stack.Push(input.ReadDouble()); break;
            case PickleOpcode.Int or PickleOpcode.Long:
                stack.Push(PickleText.Integer(input.ReadLine()) ?? throw input.Bad("a line is not an integer"));
                break;
            case PickleOpcode.Float: stack.Push(PickleText.Float(input.ReadLine()) ?? throw input.Bad("a line is not a number")); break;
            case PickleOpcode.String:
                stack.Push(PickleText.Quoted(input.ReadLine()) ?? throw input.Bad("a line is not a quoted text"));
                break;
            case PickleOpcode.Unicode: stack.Push(PickleText.Unicode(input.ReadLine()) ?? throw input.Bad("a line is not a text")); break;
            case PickleOpcode.BinUnicode: stack.Push(input.ReadUtf8(input.ReadUInt32())); break;
            case PickleOpcode.ShortBinUnicode: stack.Push(input.ReadUtf8(input.ReadByte())); break;
            case PickleOpcode.BinUnicode8: stack.Push(input.ReadUtf8(input.ReadUInt64())); break;
            case PickleOpcode.BinString: stack.Push(PickleText.Python2(input.Read(input.ReadUInt32()))); break;
            case PickleOpcode.ShortBinString: stack.Push(PickleText.Python2(input.Read(input.ReadByte()))); break;
            case PickleOpcode.BinBytes: stack.Push(input.Read(input.ReadUInt32()).ToArray()); break;
            case PickleOpcode.ShortBinBytes: stack.Push(input.Read(input.ReadByte()).ToArray()); break;
            case PickleOpcode.BinBytes8 or PickleOpcode.ByteArray8: stack.Push(input.Read(input.ReadUInt64()).ToArray()); break;
            default: return false;
        }
        return true;
    }

    bool Memo(PickleOpcode opcode, ref PickleInput input)
    {
        switch (opcode)
        {
            case PickleOpcode.Memoize: stack.Memoize(); break;
            case PickleOpcode.BinPut: stack.Remember(input.ReadByte()); break;
            case PickleOpcode.LongBinPut: stack.Remember(input.ReadUInt32()); break;
            case PickleOpcode.Put: stack.Remember(PickleText.Integer(input.ReadLine()) as long? ?? -1); break;
            case PickleOpcode.BinGet: stack.Push(stack.Recall(input.ReadByte())); break;
            case PickleOpcode.LongBinGet: stack.Push(stack.Recall(input.ReadUInt32())); break;
            case PickleOpcode.Get: stack.Push(stack.Recall(PickleText.Integer(input.ReadLine()) as long? ?? -1)); break;
            default: return false;
        }
        return true;
    }

    bool Container(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Tuple: stack.Push(new PickleTuple(stack.PopToMark())); break;
            case PickleOpcode.Tuple1: stack.Push(new PickleTuple(stack.Pop(1))); break;
            case PickleOpcode.Tuple2: stack.Push(new PickleTuple(stack.Pop(2))); break;
            case PickleOpcode.Tuple3: stack.Push(new PickleTuple(stack.Pop(3))); break;
            case PickleOpcode.List or PickleOpcode.FrozenSet: stack.Push(new PickleList(stack.PopToMark())); break;
            case PickleOpcode.Dict: stack.Push(Items(new PickleDictionary(), stack.PopToMark())); break;
            case PickleOpcode.Append: Extend(stack.Pop(1)); break;
            case PickleOpcode.Appends or PickleOpcode.AddItems: Extend(stack.PopToMark()); break;
            case PickleOpcode.SetItem: SetItems(stack.Pop(2)); break;
            case PickleOpcode.SetItems: SetItems(stack.PopToMark()); break;
            case PickleOpcode.Build: Build(stack.Pop()); break;
            default: return false;
        }
        return true;
    }

    void Extend(object?[] values) => stack.Peek<PickleList>("a list").AddRange(values);

    void SetItems(object?[] keysAndValues) => Items(stack.Peek<PickleDictionary>("a dictionary"), keysAndValues);

    static PickleDictionary Items(PickleDictionary dictionary, object?[] keysAndValues)
    {
        if (keysAndValues.Length % 2 != 0)
            throw new PickleException("the items of a dictionary are not pairs of key and value");
        for (int i = 0; i < keysAndValues.Length; i += 2)
            dictionary.Set(keysAndValues[i], keysAndValues[i + 1]);
        return dictionary;
    }

    /// <summary>Sets the attributes of an object. Those of a dictionary, such as the versions in a state dict, are left out.</summary>
    void Build(object? state)
    {
        if (stack.Peek() is PickleObject made)
            made.State = state;
        else
            stack.Peek<PickleDictionary>("an object or a dictionary");
    }

    bool Call(PickleOpcode opcode, ref PickleInput input)
    {
        switch (opcode)
        {
            case PickleOpcode.Proto:
                if (input.ReadByte() is > HighestProtocol and byte protocol)
                    throw input.Bad($"it is of pickle protocol {protocol}; at most {HighestProtocol} is read");
                break;
            case PickleOpcode.Frame: input.ReadUInt64(); break;
            case PickleOpcode.Global: stack.Push(Find(input.ReadUtf8Line(), input.ReadUtf8Line())); break;
            case PickleOpcode.StackGlobal:
                string name = stack.Pop<string>("a name");
                stack.Push(Find(stack.Pop<string>("a module"), name));
                break;
            case PickleOpcode.Reduce or PickleOpcode.NewObj:
                CallWith(stack.Pop<PickleTuple>("a tuple of arguments"));
                break;
            case PickleOpcode.NewObjEx:
                stack.Pop<PickleDictionary>("named arguments");
                CallWith(stack.Pop<PickleTuple>("a tuple of arguments"));
                break;
            case PickleOpcode.Inst:
                PickleGlobal type = Find(input.ReadUtf8Line(), input.ReadUtf8Line());
                var above = new PickleTuple(stack.PopToMark());
                stack.Push(type);
                CallWith(above);
                break;
            case PickleOpcode.Obj:
                object?[] values = stack.PopToMark();
                stack.Push(values.FirstOrDefault());
                CallWith(new PickleTuple([.. values.Skip(1)]));
                break;
            case PickleOpcode.BinPersId:
                var id = stack.Pop<PickleTuple>("the description of a storage");
                stack.Push(storages is null ? throw new PickleException("a storage where none may be") : storages(id));
                break;
            default: return false;
        }
        return true;
    }

    /// <summary>Calls what is on top of the stack. What a call copies counts as work: few opcodes must not copy much, often.</summary>
    void CallWith(PickleTuple arguments)
    {
        object? made = PickleCalls.Call(stack.Pop<PickleGlobal>("something to call"), arguments);
        work += made switch { PickleDictionary copy => copy.Count, byte[] bytes => bytes.Length / 16, _ => 0 };
        stack.Push(made);
    }

    static PickleGlobal Find(string module, string name) => PickleGlobals.Find(module, name)
        ?? throw new PickleException(
            $"it asks for the Python global '{Printable.Text(module)}.{Printable.Text(name)}'; only tensors and " +
            "containers are read here, so the file is refused and nothing of it was run: get these weights as safetensors");
}
